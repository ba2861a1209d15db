import { GatehouseError } from '@gatehouse/contract/errors';
import { HashLane } from '../crypto/hash-lane.ts';

const lane = new HashLane();
/** The most logins that are being checked or wait: at most two seconds of work. */
const WAITING = 40;
/** The most of these for one username, so that guessing at one account does not block the others. */
const WAITING_PER_USERNAME = 2;

const waiting = new Map<string, number>();
let total = 0;

/**
 * Checks a login that is not yet verified, in a separate lane. Throws `rate_limited` for a flood on one username, and
 * `overloaded` for a flood in total.
 */
export async function gatewayHashes<T>(username: string, look: (lane: HashLane) => Promise<T>): Promise<T> {
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
    return await look(lane);
  } finally {
    const left = (waiting.get(username) ?? 1) - 1;
    if (left === 0) waiting.delete(username);
    else waiting.set(username, left);
    total -= 1;
  }
}
