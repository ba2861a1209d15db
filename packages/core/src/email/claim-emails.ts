import type { EmailId } from '@gatehouse/contract/ids';
import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { LEASE_END } from '../delivery/lease.ts';
import type { Context } from '../kernel/context.ts';
import { translated } from '../kernel/database-errors.ts';
import { record } from '../kernel/record.ts';
import { composeEmails, type Composition } from './compose-email.ts';

/** One attempt at one mail. Its number is the fence: a write of an earlier attempt no longer matches the row. */
export type Attempt = { emailId: EmailId; number: number };

/** A mail that was handed to the queue. `attempt`: the number of earlier attempts at that time. */
export type HandedEmail = { email_id: EmailId; attempt: number };

export type ClaimedEmail = { attempt: Attempt; composed: Composition };

/**
 * Leases the mails and composes them, in one transaction: if the database fails in between, no attempt is counted. Leaves
 * out mails that are done, leased, or were tried since the job was made: the queue may deliver a job twice, and only the
 * sweeper ends the lease of a worker that died.
 */
export function claimEmails(context: Context, emails: readonly HandedEmail[]): Promise<ClaimedEmail[]> {
  return record(context, async (em) => {
    const ids = emails.map(({ email_id }) => email_id);
    const rows = await claim.all(em, [ids, emails.map(({ attempt }) => attempt)]);
    if (rows.length === 0) return [];
    const composed = await composeEmails(
      { ...context, em },
      rows.map(({ id }) => id),
    );
    return rows.flatMap(({ id, attempts }) => {
      const composition = composed.get(id);
      return composition ? [{ attempt: { emailId: id, number: attempts }, composed: composition }] : [];
    });
  });
}

// Rows are locked in the order of their ids, so that statements about several mails cannot deadlock. A locked mail belongs to
// another worker or is changing, so it must not delay the others: the sweeper hands it over again.
const claim = statement({
  name: 'email.claim',
  text: `update email set attempts = email.attempts + 1, leased = true, due_at = ${LEASE_END} from
    (select e.id from unnest(?::uuid[], ?::integer[]) as handed (id, attempts) join email e on e.id = handed.id
     where e.status = 'queued' and e.attempts = handed.attempts and not e.leased
     order by e.id for update of e skip locked) as free
  where email.id = free.id returning email.id, email.attempts`,
  params: ['uuid[]', 'integer[]'],
  row: z.object({ id: rowId.email, attempts: z.int() }),
});

/** Also takes back a lease that the sweeper has ended, unless another worker has claimed the mail. */
const renew = statement({
  name: 'email.renew',
  text: `update email set leased = true, due_at = ${LEASE_END} from
    (select e.id from unnest(?::uuid[], ?::integer[]) as held (id, attempts) join email e on e.id = held.id
     where e.status = 'queued' and e.attempts = held.attempts order by e.id for update of e) as held
  where email.id = held.id`,
  params: ['uuid[]', 'integer[]'],
});

export const renewEmails = ({ em }: Context, attempts: readonly Attempt[]): Promise<unknown> =>
  translated(() => renew.run(em.fork(), columnsOf(attempts)));

const columnsOf = (attempts: readonly Attempt[]): [string[], number[]] => [
  attempts.map(({ emailId }) => emailId),
  attempts.map(({ number }) => number),
];

const release = statement({
  name: 'email.release',
  text: `update email set due_at = now() where id = any(?) and status = 'queued' and not leased`,
  params: ['uuid[]'],
});

/** Makes mails due that this process was handed but does not claim, so that a sweeper hands them over immediately. */
export const releaseEmails = ({ em }: Context, emails: readonly HandedEmail[]): Promise<unknown> =>
  translated(() => release.run(em.fork(), [emails.map(({ email_id }) => email_id)]));
