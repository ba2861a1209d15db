import { attemptEmails } from '@gatehouse/core/email/attempt-emails';
import { type Attempt, type ClaimedEmail, claimEmails, releaseEmails } from '@gatehouse/core/email/claim-emails';
import type { Delivery } from '@gatehouse/core/email/settle-emails';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';
import { withoutAddresses } from '../email/redact.ts';
import { failure } from '../failure.ts';
import type { JobResult } from '../handler.ts';

/** Makes one attempt at each mail, and returns the number of mails and of each outcome. */
export async function deliverEmails(deps: Deps, { emails }: JobPayload<'deliver-email'>): Promise<JobResult> {
  const { mailsInHand, ending, context, stopping } = deps;
  if (!(await mailsInHand.acquire(emails.length, ending))) {
    await releaseEmails(context(), emails);
    return { mails: emails.length, released: emails.length };
  }
  let inHand = emails.length;
  const putDown = (count: number): void => {
    inHand -= count;
    mailsInHand.release(count);
  };
  const send = async (claimed: ClaimedEmail): Promise<Delivery> => {
    const delivery = await deliver(deps, claimed);
    logDelivery(deps, claimed.attempt, delivery);
    putDown(1);
    return delivery;
  };
  try {
    const claimed = await claimEmails(context(), emails);
    putDown(emails.length - claimed.length);
    const outcomes = await attemptEmails({ context, send, stopping }, claimed);
    return { mails: emails.length, ...counted(outcomes.map(({ delivery }) => delivery.status)) };
  } finally {
    putDown(inHand);
  }
}

function counted(statuses: Delivery['status'][]): JobResult {
  const groups = Map.groupBy(statuses, (status) => status);
  return Object.fromEntries([...groups].map(([status, all]) => [status, all.length]));
}

async function deliver({ mailer, log, stopping }: Deps, { attempt, composed }: ClaimedEmail): Promise<Delivery> {
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
