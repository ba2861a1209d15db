import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { rateLimited } from './rate-limited.ts';
import { currentPlace } from './request-place.ts';

/** Invalid calls of one client without a token, and the milliseconds in which they count. */
const MOST = 120;
const PERIOD = 10 * 60_000;
/** Clients that are remembered. */
const CLIENTS = 20_000;

/** Refusals of callers without a token that are answered at once in one second, and the milliseconds the others take. */
const AT_ONCE = 100;
const SECOND = 1000;

/** What callers without a token get wrong. Each process counts by itself, so that counting costs next to nothing. */
export type Failures = {
  /** Throws `rate_limited` for a client that has made too many invalid calls. */
  assertFew(client: string): void;
  note(client: string): void;
  /** Resolves when a caller without a token may be told its refusal: later during a flood, so that it gets slower. */
  pace(): Promise<void>;
};

export const uncounted: Failures = {
  assertFew: () => undefined,
  note: () => undefined,
  pace: () => Promise.resolve(),
};

export function countFailures(onRefused: (client: string) => void): Failures {
  const counts = new LRUCache<string, { failures: number }>({ max: CLIENTS, ttl: PERIOD });
  let second = { since: 0, refused: 0 };
  return {
    assertFew(client) {
      if ((counts.peek(client)?.failures ?? 0) < MOST) return;
      onRefused(client);
      throw rateLimited(Math.ceil(counts.getRemainingTTL(client) / 1000));
    },
    note(client) {
      const count = counts.get(client);
      if (count) count.failures += 1;
      else counts.set(client, { failures: 1 });
    },
    async pace() {
      const now = performance.now();
      if (now - second.since >= SECOND) second = { since: now, refused: 0 };
      second.refused += 1;
      if (second.refused > AT_ONCE) await delay(SECOND);
    },
  };
}

/** Once per request, of which a part may have been refused before. */
export async function paceRefusal(failures: Failures): Promise<void> {
  const place = currentPlace();
  if (place.actor.kind !== 'anonymous' || place.isPaced) return;
  place.isPaced = true;
  await failures.pace();
}
