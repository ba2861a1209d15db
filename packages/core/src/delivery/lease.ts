import { setTimeout as delay } from 'node:timers/promises';

// Work has a time `due_at`. Work that is due belongs to no worker, and the sweeper hands it to the queue. Every time here is
// the database's own: workers whose clocks differ would not agree on whose turn it is.

/** SQL: the end of the lease of a worker that holds the work. The sweeper looks every 2 s, so a dead worker costs 9 s. */
export const LEASE_END = `clock_timestamp() + interval '7 seconds'`;
/** Milliseconds between two renewals, and after a renewal that failed. */
const RENEWAL = 2000;
const RENEWAL_RETRY = 200;

/** Seconds that a handler has to claim work that was handed to the queue. */
const HANDOVER = 10;
/** SQL: when handed-over work is due again, unless a handler has claimed it. */
export const HANDOVER_END = `now() + interval '${String(HANDOVER)} seconds'`;
/** When new work is due, unless the relay has handed it to the queue and a handler has claimed it. */
export const firstDueAt = (now: Date): Date => new Date(now.getTime() + HANDOVER * 1000);

/** Renews the lease while `work` runs. A renewal that fails is retried and never ends the work. */
export async function withLease<T>(renew: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const renewing = keepRenewing(renew, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await renewing;
  }
}

async function keepRenewing(renew: () => Promise<unknown>, over: AbortSignal): Promise<void> {
  let pause = RENEWAL;
  while (await paused(pause, over)) {
    try {
      await renew();
      pause = RENEWAL;
    } catch {
      pause = RENEWAL_RETRY;
    }
  }
}

/** False if `over` aborted first. */
async function paused(milliseconds: number, over: AbortSignal): Promise<boolean> {
  await delay(milliseconds, undefined, { signal: over }).catch(() => undefined);
  return !over.aborted;
}
