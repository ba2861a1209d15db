import { grouped } from '../delivery/grouped.ts';
import { withLease } from '../delivery/lease.ts';
import { untilRecorded } from '../delivery/until-recorded.ts';
import type { Context } from '../kernel/context.ts';
import { type ClaimedEmail, renewEmails } from './claim-emails.ts';
import { type Delivery, type Outcome, settleEmails } from './settle-emails.ts';

type Sender = {
  /** A fresh context: its time is that of the call. */
  context(): Context;
  send(claimed: ClaimedEmail): Promise<Delivery>;
  /** Aborts when the process must end, even with outcomes that are not recorded. */
  stopping: AbortSignal;
};

/**
 * Sends each of these mails under its lease, and records each outcome as soon as it is known, together with those that arrive
 * meanwhile. A mail is sent twice only if the process dies after the server accepted it and before that is recorded, and then
 * with the same Message-ID.
 */
export async function attemptEmails(
  { context, send, stopping }: Sender,
  claimed: readonly ClaimedEmail[],
): Promise<Outcome[]> {
  const held = new Map(claimed.map(({ attempt }) => [attempt.emailId, attempt]));
  const settle = grouped((outcomes: Outcome[]) => untilRecorded(() => settleEmails(context(), outcomes), stopping));
  const attempt = async (mail: ClaimedEmail): Promise<Outcome> => {
    const outcome = { attempt: mail.attempt, delivery: await send(mail) };
    await settle(outcome);
    held.delete(mail.attempt.emailId);
    return outcome;
  };
  const attempts = await withLease(
    () => renewEmails(context(), [...held.values()]),
    () => Promise.allSettled(claimed.map(attempt)),
  );
  return attempts.map((settled) => {
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  });
}
