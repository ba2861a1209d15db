import { composeEmail } from '@gatehouse/core/email/compose-email';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';
import type { Delivery } from '../email/mailer.ts';
import { bounded } from '../email/redact.ts';
import { failure } from '../failure.ts';
import { type Attempt, claim, renew, settle, untilSettled } from './delivery-record.ts';
import { withLease } from './lease.ts';

/**
 * One attempt at one mail. Sent twice only where the process dies after the server took it and before that is written
 * down, and then with the same Message-ID.
 */
export async function deliverEmail(
  deps: Deps,
  { email_id, attempt: triedBefore }: JobPayload<'deliver-email'>,
): Promise<void> {
  const attempt = await claim(deps.context(), email_id, triedBefore);
  if (attempt === null) return;
  const settled = async (): Promise<Delivery> => {
    const delivery = await attemptDelivery(deps, attempt);
    await untilSettled(() => settle(deps.context(), attempt, delivery), deps.stopping);
    return delivery;
  };
  const { status } = await withLease(() => renew(deps.context(), attempt), settled);
  deps.log.info({ email: email_id, attempt: attempt.number, status }, 'mail');
}

/** What nobody expected is tried again like a mail server that is away, so that it can neither be lost nor block others. */
async function attemptDelivery(
  { context, mailer, log, stopping }: Deps,
  { emailId, number }: Attempt,
): Promise<Delivery> {
  try {
    const composed = await composeEmail(context(), emailId);
    if (composed.kind === 'unwanted') return { status: 'suppressed', reason: bounded(composed.reason) };
    return await mailer.deliver(emailId, composed, stopping);
  } catch (error) {
    log.error({ email: emailId, attempt: number, ...failure(error) }, 'a mail could not be made');
    return { status: 'queued', reason: 'The mail could not be made; the log of the worker tells why.' };
  }
}
