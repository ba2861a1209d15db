import { setTimeout as delay } from 'node:timers/promises';
import { record } from '@gatehouse/core/record';
import type { Context } from '@gatehouse/core/context';
import type { Delivery } from '../email/mailer.ts';
import { LEASE_SECONDS } from './lease.ts';

// The times are the database's own: workers whose clocks differ would not agree on whose turn it is.

/** One attempt at one mail: nobody else has this number, so nobody else sends it meanwhile. */
export type Attempt = { emailId: string; number: number };

/** Null where the mail is not waiting for this very attempt: somebody else has it, or it is done. */
export async function claim(context: Context, emailId: string, triedBefore: number): Promise<Attempt | null> {
  const rows = await record(context, (em) =>
    em.execute<{ attempts: number }[]>(
      `update email set attempts = attempts + 1, due_at = now() + ? * interval '1 second'
       where id = ? and status = 'queued' and attempts = ? returning attempts`,
      [LEASE_SECONDS, emailId, triedBefore],
    ),
  );
  const [row] = rows;
  return row ? { emailId, number: row.attempts } : null;
}

export const renew = (context: Context, { emailId, number }: Attempt): Promise<unknown> =>
  record(context, (em) =>
    em.execute(
      `update email set due_at = now() + ? * interval '1 second' where id = ? and status = 'queued' and attempts = ?`,
      [LEASE_SECONDS, emailId, number],
    ),
  );

/** A mail that the server took is sent, whatever else was written about it meanwhile. */
const SENT = `update email set status = 'sent', sent_at = now(), last_error = null where id = ? and status <> 'sent'`;

const DONE_WITH = `update email set status = ?, last_error = ? where id = ? and status = 'queued' and attempts = ?`;

/**
 * Tried again for 48 h, after 5 s at first, then twice as long each time up to 15 min, give or take a quarter, so that
 * what failed together does not come back together. Never longer than it has waited: a mail that is sent anew begins
 * anew, however often it was tried before.
 */
const TRY_AGAIN = `
  update email set
    last_error = ?,
    status = case when now() < queued_at + interval '48 hours' then 'queued' else 'failed' end,
    due_at = now() + (0.75 + random() / 2) * least(
      interval '5 seconds' * power(2, least(attempts, 10) - 1),
      greatest(now() - queued_at, interval '5 seconds'),
      interval '15 minutes')
  where id = ? and status = 'queued' and attempts = ?`;

/** Writes down what became of the attempt. */
export async function settle(context: Context, { emailId, number }: Attempt, delivery: Delivery): Promise<void> {
  await record(context, (em) => {
    switch (delivery.status) {
      case 'sent':
        return em.execute(SENT, [emailId]);
      case 'queued':
        return em.execute(TRY_AGAIN, [delivery.reason, emailId, number]);
      case 'failed':
      case 'suppressed':
        return em.execute(DONE_WITH, [delivery.status, delivery.reason, emailId, number]);
    }
  });
}

/** Milliseconds. */
const SETTLE_PAUSE = 100;
const SETTLE_PATIENCE = 600_000;

/**
 * Goes on until it is written: a mail that was sent while the database was away would otherwise be sent twice. Rejects
 * with the last failure when the process stops or ten minutes have passed.
 */
export async function untilSettled(write: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  const deadline = performance.now() + SETTLE_PATIENCE;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (stopping.aborted || performance.now() > deadline) throw error;
      await delay(SETTLE_PAUSE);
    }
  }
}
