import { statement } from '@gatehouse/db/statement';
import { RETRY_DUE_AT, RETRY_STATUS } from '../delivery/backoff.ts';
import type { Context } from '../kernel/context.ts';
import { translated } from '../kernel/database-errors.ts';
import type { Attempt } from './claim-emails.ts';

/**
 * The outcome of one attempt. `queued`: the mail will be tried again. `refusesUs`: the server refuses this service,
 * not this mail. `interrupted`: the process stopped. The reason is bounded and has no secrets.
 */
export type Delivery =
  | { status: 'sent' }
  | { status: 'suppressed'; reason: string | null }
  | { status: 'failed' | 'interrupted'; reason: string }
  | { status: 'queued'; reason: string; refusesUs: boolean };

export type Outcome = { attempt: Attempt; delivery: Delivery };

// A mail that the server accepted is `sent`, even if another worker recorded something else meanwhile. An interrupted mail is
// due immediately, because the server refused nothing and another worker can send it.
const settle = statement({
  name: 'email.settle',
  text: `update email set leased = false, last_error = outcome.reason,
    status = case outcome.status when 'queued' then ${RETRY_STATUS} when 'interrupted' then 'queued' else outcome.status end,
    due_at = case outcome.status when 'queued' then ${RETRY_DUE_AT} when 'interrupted' then now() else due_at end,
    sent_at = case outcome.status when 'sent' then now() else sent_at end
  from (select e.id, o.status, o.reason
    from unnest(?::uuid[], ?::integer[], ?::text[], ?::text[]) as o (id, attempts, status, reason) join email e on e.id = o.id
    where case o.status when 'sent' then e.status <> 'sent' else e.status = 'queued' and e.attempts = o.attempts end
    order by e.id for update of e) as outcome
  where email.id = outcome.id`,
  params: ['uuid[]', 'integer[]', 'text[]', 'text[]'],
});

/** Records the outcomes of attempts at different mails, and ends their leases. */
export async function settleEmails({ em }: Context, outcomes: readonly Outcome[]): Promise<void> {
  await translated(() =>
    settle.run(em.fork(), [
      outcomes.map(({ attempt }) => attempt.emailId),
      outcomes.map(({ attempt }) => attempt.number),
      outcomes.map(({ delivery }) => delivery.status),
      outcomes.map(({ delivery }) => ('reason' in delivery ? delivery.reason : null)),
    ]),
  );
}
