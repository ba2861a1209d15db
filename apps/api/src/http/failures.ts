import { LRUCache } from 'lru-cache';
import { rateLimited } from './rate-limited.ts';
import { currentRequest } from './current-request.ts';

/** Invalid calls of one client without a token, and the milliseconds in which they count. */
const MOST = 120;
const PERIOD = 10 * 60_000;
/** Clients that are remembered. */
const CLIENTS = 20_000;

/** Refusals of callers without a token that are answered in a second. */
const RATE = 800;
const SECOND = 1000;
/** Milliseconds that a refusal is held back at most. */
const LONGEST = 5 * SECOND;

/** What callers without a token get wrong. Each process counts by itself, so that counting costs next to nothing. */
export type Failures = {
  /** Throws `rate_limited` for a client that has made too many invalid calls. */
  assertFew(client: string): void;
  note(client: string): void;
  /** Resolves when a refusal may be sent to a caller without a token: later during a flood, to slow the caller down. */
  pace(): Promise<void>;
};

export const uncounted: Failures = {
  assertFew: () => undefined,
  note: () => undefined,
  pace: () => Promise.resolve(),
};

export function countFailures(onRefused: (client: string) => void): Failures {
  const counts = new LRUCache<string, { failures: number }>({ max: CLIENTS, ttl: PERIOD });
  let turn = 0;
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
      turn = Math.min(Math.max(turn, now) + SECOND / RATE, now + SECOND + LONGEST);
      const wait = turn - now - SECOND;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    },
  };
}

/** Once per request, of which a part may have been refused before. */
export async function paceRefusal(failures: Failures): Promise<void> {
  const request = currentRequest();
  if (request.actor.kind !== 'anonymous' || request.isPaced) return;
  request.isPaced = true;
  await failures.pace();
}
