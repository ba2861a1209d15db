import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '@gatehouse/core/kernel/context';
import { LEASE_SECONDS } from '@gatehouse/core/delivery/lease';
import { record } from '@gatehouse/core/kernel/record';
import type { Delivery } from '../email/mailer.ts';

// The times are the database's own: workers whose clocks differ would not agree on whose turn it is.

type Em = Context['em'];

/** One attempt at one mail. Its number is the fence: what an earlier attempt still wants to write does not match. */
export type Attempt = { emailId: string; number: number };

const claimMail = statement({
  name: 'email.claim',
  text: `update email set attempts = attempts + 1, leased = true, due_at = now() + ? * interval '1 second'
  where id = ? and status = 'queued' and attempts = ? and not leased returning attempts`,
  params: ['double precision', 'uuid', 'integer'],
  row: z.object({ attempts: z.int() }),
});

/**
 * Leases the mail. Null if it is done, was tried since the job was made, or is leased: the queue may deliver a job
 * twice, and only the sweeper ends the lease of a worker that died.
 */
export async function claim(em: Em, emailId: string, triedBefore: number): Promise<Attempt | null> {
  const row = await claimMail.first(em, [LEASE_SECONDS, emailId, triedBefore]);
  return row ? { emailId, number: row.attempts } : null;
}

/** Also takes back a lease that the sweeper has ended, as long as no other worker has claimed the mail. */
const renewLease = statement({
  name: 'email.renew',
  text: `update email set leased = true, due_at = now() + ? * interval '1 second'
  where id = ? and status = 'queued' and attempts = ?`,
  params: ['double precision', 'uuid', 'integer'],
});

export const renew = (context: Context, { emailId, number }: Attempt): Promise<unknown> =>
  record(context, (em) => renewLease.run(em, [LEASE_SECONDS, emailId, number]));

/** A mail that the server took is sent, whatever else was written about it meanwhile. */
const noteSent = statement({
  name: 'email.sent',
  text: `update email set status = 'sent', leased = false, sent_at = now(), last_error = null where id = ? and status <> 'sent'`,
  params: ['uuid'],
});

const noteDone = statement({
  name: 'email.done',
  text: `update email set status = ?, leased = false, last_error = ? where id = ? and status = 'queued' and attempts = ?`,
  params: ['text', 'text', 'uuid', 'integer'],
});

/**
 * Tried again for 48 hours: after 5 seconds at first, then after twice as long each time up to 15 minutes, give or take
 * a quarter, so that mails that failed together do not come back together. Never longer than the mail has been queued:
 * one that is sent again starts with short pauses, however often it was tried before.
 */
const tryAgain = statement({
  name: 'email.try_again',
  text: `update email set
    leased = false,
    last_error = ?,
    status = case when now() < queued_at + interval '48 hours' then 'queued' else 'failed' end,
    due_at = now() + (0.75 + random() / 2) * least(
      interval '5 seconds' * power(2, least(attempts, 10) - 1),
      greatest(now() - queued_at, interval '5 seconds'),
      interval '15 minutes')
  where id = ? and status = 'queued' and attempts = ?`,
  params: ['text', 'uuid', 'integer'],
});

/** Due at once: the mail server refused nothing, and another worker can go on. */
const putBack = statement({
  name: 'email.put_back',
  text: `update email set leased = false, last_error = ?, due_at = now() where id = ? and status = 'queued' and attempts = ?`,
  params: ['text', 'uuid', 'integer'],
});

/** Writes down what became of the attempt. */
export async function settle(context: Context, { emailId, number }: Attempt, delivery: Delivery): Promise<void> {
  await record(context, (em) => {
    switch (delivery.status) {
      case 'sent':
        return noteSent.run(em, [emailId]);
      case 'suppressed':
      case 'failed':
        return noteDone.run(em, [delivery.status, delivery.reason, emailId, number]);
      case 'queued':
        return tryAgain.run(em, [delivery.reason, emailId, number]);
      case 'interrupted':
        return putBack.run(em, [delivery.reason, emailId, number]);
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
