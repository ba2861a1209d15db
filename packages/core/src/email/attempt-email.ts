import type { EmailId } from '@gatehouse/contract/ids';
import { withLease } from '../delivery/lease.ts';
import { untilRecorded } from '../delivery/until-recorded.ts';
import type { Context } from '../kernel/context.ts';
import { type Attempt, type ClaimedEmail, claimEmail, renewEmail } from './claim-email.ts';
import { type Delivery, settleEmail } from './settle-email.ts';

type Sender = {
  /** A fresh context: its time is that of the call. */
  context(): Context;
  send(claimed: ClaimedEmail): Promise<Delivery>;
  /** Aborts when the process must end, even with outcomes that are not recorded. */
  stopping: AbortSignal;
};

/** `triedBefore`: how often the mail had been tried when the job was made. */
type Job = { emailId: EmailId; triedBefore: number };

/**
 * One attempt at one mail: claims it, sends it under a lease, and records the outcome. Null if another worker has the mail
 * or nothing is left to do. A mail is sent twice only if the process dies after the server took it and before that is
 * recorded, and then with the same Message-ID.
 */
export async function attemptEmail(
  { context, send, stopping }: Sender,
  { emailId, triedBefore }: Job,
): Promise<{ attempt: Attempt; delivery: Delivery } | null> {
  const claimed = await claimEmail(context(), emailId, triedBefore);
  if (claimed === null) return null;
  const { attempt } = claimed;
  return withLease(
    () => renewEmail(context(), attempt),
    async () => {
      const delivery = await send(claimed);
      await untilRecorded(() => settleEmail(context(), attempt, delivery), stopping);
      return { attempt, delivery };
    },
  );
}
