import type { EmailId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { LEASE_END } from '../delivery/lease.ts';
import type { Context } from '../kernel/context.ts';
import { isDatabaseFailure, translated } from '../kernel/database-errors.ts';
import { record } from '../kernel/record.ts';
import { composeEmail, type ComposedEmail } from './compose-email.ts';

/** One attempt at one mail. Its number is the fence: a write of an earlier attempt no longer matches the row. */
export type Attempt = { emailId: EmailId; number: number };

/** `faulty`: the program failed to compose the mail. */
export type ClaimedEmail = { attempt: Attempt; composed: ComposedEmail | { kind: 'faulty'; error: unknown } };

/**
 * Leases the mail and composes it, in one transaction: if the database goes away in between, no attempt is counted. Null if
 * the mail is done, leased, or was tried since the job was made: the queue may deliver a job twice, and only the sweeper ends
 * the lease of a worker that died.
 */
export function claimEmail(context: Context, emailId: EmailId, triedBefore: number): Promise<ClaimedEmail | null> {
  return record(context, async (em) => {
    const row = await claim.first(em, [emailId, triedBefore]);
    if (!row) return null;
    const attempt = { emailId, number: row.attempts };
    try {
      return { attempt, composed: await translated(() => composeEmail({ ...context, em }, emailId)) };
    } catch (error) {
      if (isDatabaseFailure(error)) throw error;
      return { attempt, composed: { kind: 'faulty', error } };
    }
  });
}

const claim = statement({
  name: 'email.claim',
  text: `update email set attempts = attempts + 1, leased = true, due_at = ${LEASE_END}
  where id = ? and status = 'queued' and attempts = ? and not leased returning attempts`,
  params: ['uuid', 'integer'],
  row: z.object({ attempts: z.int() }),
});

/** Also takes back a lease that the sweeper has ended, unless another worker has claimed the mail. */
const renew = statement({
  name: 'email.renew',
  text: `update email set leased = true, due_at = ${LEASE_END} where id = ? and status = 'queued' and attempts = ?`,
  params: ['uuid', 'integer'],
});

export const renewEmail = (context: Context, { emailId, number }: Attempt): Promise<unknown> =>
  record(context, (em) => renew.run(em, [emailId, number]));
