import { statement } from '@gatehouse/db/statement';
import { RETRY_DUE_AT, RETRY_STATUS } from '../delivery/backoff.ts';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';
import type { Attempt } from './claim-email.ts';

/**
 * The outcome of one attempt. `queued`: the mail will be tried again. `refusesUs`: the server refuses this service,
 * not this mail. `interrupted`: the process stopped. The reason is bounded and has no secrets.
 */
export type Delivery =
  | { status: 'sent' }
  | { status: 'suppressed'; reason: string | null }
  | { status: 'failed' | 'interrupted'; reason: string }
  | { status: 'queued'; reason: string; refusesUs: boolean };

/** A mail that the server accepted is `sent`, even if another worker recorded something else meanwhile. */
const sent = statement({
  name: 'email.sent',
  text: `update email set status = 'sent', leased = false, sent_at = now(), last_error = null where id = ? and status <> 'sent'`,
  params: ['uuid'],
});

const done = statement({
  name: 'email.done',
  text: `update email set status = ?, leased = false, last_error = ? where id = ? and status = 'queued' and attempts = ?`,
  params: ['text', 'text', 'uuid', 'integer'],
});

const tryAgain = statement({
  name: 'email.try_again',
  text: `update email set leased = false, last_error = ?, status = ${RETRY_STATUS}, due_at = ${RETRY_DUE_AT}
  where id = ? and status = 'queued' and attempts = ?`,
  params: ['text', 'uuid', 'integer'],
});

/** Due immediately, because the server refused nothing and another worker can send the mail. */
const putBack = statement({
  name: 'email.put_back',
  text: `update email set leased = false, last_error = ?, due_at = now() where id = ? and status = 'queued' and attempts = ?`,
  params: ['text', 'uuid', 'integer'],
});

/** Records the outcome of the attempt, and ends its lease. */
export async function settleEmail(context: Context, { emailId, number }: Attempt, delivery: Delivery): Promise<void> {
  await record(context, (em) => {
    switch (delivery.status) {
      case 'sent':
        return sent.run(em, [emailId]);
      case 'suppressed':
      case 'failed':
        return done.run(em, [delivery.status, delivery.reason, emailId, number]);
      case 'queued':
        return tryAgain.run(em, [delivery.reason, emailId, number]);
      case 'interrupted':
        return putBack.run(em, [delivery.reason, emailId, number]);
    }
  });
}
