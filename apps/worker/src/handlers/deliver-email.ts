import { attemptEmail } from '@gatehouse/core/email/attempt-email';
import type { Attempt, ClaimedEmail } from '@gatehouse/core/email/claim-email';
import type { Delivery } from '@gatehouse/core/email/settle-email';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';
import { withoutAddresses } from '../email/redact.ts';
import { failure } from '../failure.ts';

export async function deliverEmail(deps: Deps, { email_id, attempt }: JobPayload<'deliver-email'>): Promise<void> {
  const sender = { ...deps, send: (claimed: ClaimedEmail) => send(deps, claimed) };
  const attempted = await attemptEmail(sender, { emailId: email_id, triedBefore: attempt });
  if (attempted !== null) logDelivery(deps, attempted.attempt, attempted.delivery);
}

async function send({ mailer, log, stopping }: Deps, { attempt, composed }: ClaimedEmail): Promise<Delivery> {
  const fields = { email: attempt.emailId, attempt: attempt.number };
  switch (composed.kind) {
    case 'unwanted':
      return { status: 'suppressed', reason: composed.reason };
    case 'faulty':
      log.error({ ...fields, ...failure(composed.error) }, 'email composition failed');
      return tryAgain('The mail could not be composed. See the worker log.');
    case 'mail':
      try {
        return await mailer.deliver(attempt.emailId, composed, stopping);
      } catch (error) {
        log.error({ ...fields, ...failure(error) }, 'email storage failed');
        return tryAgain('The mail could not be stored. See the worker log.');
      }
  }
}

/** Retries as if the mail server were down, so that the mail is not lost and does not block others. */
const tryAgain = (reason: string): Delivery => ({ status: 'queued', reason, refusesUs: false });

/**
 * Logs a failed delivery as a warning. A mail server that refuses this service is an error, as it needs an operator.
 */
function logDelivery({ log }: Deps, { emailId, number }: Attempt, delivery: Delivery): void {
  const line = { email: emailId, attempt: number, status: delivery.status };
  switch (delivery.status) {
    case 'sent':
    case 'suppressed':
    case 'interrupted':
      return log.info(line, 'email delivery attempt');
    case 'failed':
      return log.warn({ ...line, reason: withoutAddresses(delivery.reason) }, 'email delivery failed');
    case 'queued': {
      const fields = { ...line, reason: withoutAddresses(delivery.reason) };
      if (delivery.refusesUs) log.error(fields, 'mail server refuses this service');
      else log.warn(fields, 'email delivery attempt failed');
    }
  }
}
