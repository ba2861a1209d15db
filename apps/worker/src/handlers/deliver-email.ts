import { type ComposedEmail, composeEmail } from '@gatehouse/core/email/compose-email';
import { translated } from '@gatehouse/core/kernel/database-errors';
import { record } from '@gatehouse/core/kernel/record';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';
import type { Delivery } from '../email/mailer.ts';
import { bounded, withoutAddresses } from '../email/redact.ts';
import { failure, isFromDatabase, isUnavailable } from '../failure.ts';
import { type Attempt, claim, renew, settle, untilSettled } from './delivery-record.ts';
import { withLease } from './lease.ts';

/**
 * One attempt at one mail. A mail is sent twice only if the process dies after the server took it and before that is
 * written down, and then with the same Message-ID.
 */
export async function deliverEmail(deps: Deps, payload: JobPayload<'deliver-email'>): Promise<void> {
  const begun = await begin(deps, payload);
  if (begun === null) return;
  const { attempt, composed } = begun;
  const settled = async (): Promise<Delivery> => {
    const delivery = composed === null ? NOT_COMPOSED : await attemptDelivery(deps, attempt, composed);
    await untilSettled(() => settle(deps.context(), attempt, delivery), deps.stopping);
    return delivery;
  };
  logDelivery(deps, attempt, await withLease(() => renew(deps.context(), attempt), settled));
}

/** `composed` null: a fault of the program, which is in the log. */
type Begun = { attempt: Attempt; composed: ComposedEmail | null };

/** Claims and composes in one transaction: a database that goes away in between leaves no attempt counted. */
function begin(deps: Deps, { email_id, attempt: triedBefore }: JobPayload<'deliver-email'>): Promise<Begun | null> {
  const context = deps.context();
  return record(context, async (em) => {
    const attempt = await claim(em, email_id, triedBefore);
    if (attempt === null) return null;
    try {
      return { attempt, composed: await translated(() => composeEmail({ ...context, em }, email_id)) };
    } catch (error) {
      if (isUnavailable(error) || isFromDatabase(error)) throw error;
      deps.log.error({ email: email_id, attempt: attempt.number, ...failure(error) }, 'email composition failed');
      return { attempt, composed: null };
    }
  });
}

/** Tried again like a mail server that is away, so that such a mail is neither lost nor blocks others. */
const NOT_COMPOSED: Delivery = {
  status: 'queued',
  reason: 'The mail could not be composed; the log of the worker says why.',
  refusesUs: false,
};

async function attemptDelivery(
  { mailer, log, stopping }: Deps,
  { emailId, number }: Attempt,
  composed: ComposedEmail,
): Promise<Delivery> {
  if (composed.kind === 'unwanted') return { status: 'suppressed', reason: bounded(composed.reason) };
  try {
    return await mailer.deliver(emailId, composed, stopping);
  } catch (error) {
    log.error({ email: emailId, attempt: number, ...failure(error) }, 'email could not be stored');
    return {
      status: 'queued',
      reason: 'The mail could not be stored; the log of the worker says why.',
      refusesUs: false,
    };
  }
}

/** A mail that did not go out is a warning; a mail server that refuses this service needs an operator. */
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
