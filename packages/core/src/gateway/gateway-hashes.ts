import { GatehouseError } from '@gatehouse/contract/errors';
import pLimit, { type LimitFunction } from 'p-limit';

/** One at a time: the thread pool has four threads, and sign-in and new passwords take one each. */
const oneAtATime = pLimit(1);
/** Logins that are being looked at or wait for it; about two seconds' work. */
const WAITING = 40;
/** Of these, for one username: guessing at one account must not keep the others from being looked at. */
const WAITING_PER_USERNAME = 2;

const waiting = new Map<string, number>();
let total = 0;

/**
 * Looks at a login that was not proved before, with the pool for its hashes. A flood is refused while that is cheap:
 * `rate_limited` for one username, `overloaded` for all.
 */
export async function gatewayHashes<T>(username: string, look: (pool: LimitFunction) => Promise<T>): Promise<T> {
  const held = waiting.get(username) ?? 0;
  if (held >= WAITING_PER_USERNAME) {
    throw new GatehouseError('rate_limited', 'Too many sign-in attempts for this username. Retry shortly.', {
      retryAfterSeconds: 1,
    });
  }
  if (total >= WAITING) {
    throw new GatehouseError('overloaded', 'Too many passwords are being checked. Retry shortly.', {
      retryAfterSeconds: 1,
    });
  }
  waiting.set(username, held + 1);
  total += 1;
  try {
    return await look(oneAtATime);
  } finally {
    const left = (waiting.get(username) ?? 1) - 1;
    if (left === 0) waiting.delete(username);
    else waiting.set(username, left);
    total -= 1;
  }
}
