import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two renewals, and after one that failed: the holder must renew before the sweeper looks. */
const RENEWAL = 2000;
const RENEWAL_RETRY = 200;

/** Renews the lease for as long as the work takes. A renewal that fails is tried again and never ends the work. */
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

/** False when it was over before the time. */
async function paused(milliseconds: number, over: AbortSignal): Promise<boolean> {
  try {
    await delay(milliseconds, undefined, { signal: over });
    return true;
  } catch {
    return false;
  }
}
