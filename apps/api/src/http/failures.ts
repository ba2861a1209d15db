import { LRUCache } from 'lru-cache';
import { rateLimited } from './rate-limited.ts';
import { currentRequest } from './current-request.ts';

/** The most invalid calls of one client without a token in a period of milliseconds. */
const MOST = 120;
const PERIOD = 10 * 60_000;
/** The most clients that are counted. */
const CLIENTS = 20_000;

/** The most refusals per second that are sent to callers without a token. */
const RATE = 800;
const SECOND = 1000;
/** The longest delay of a refusal in milliseconds. */
const LONGEST = 5 * SECOND;

/** Counts invalid calls without a token. Each process has its own counts, so that counting is cheap. */
export type Failures = {
  /** Throws `rate_limited` for a client that has made too many invalid calls. */
  assertFew(client: string): void;
  note(client: string): void;
  /** Resolves when a refusal may be sent to a caller without a token. During a flood, this slows callers down. */
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

/** Delays each request once, even if several of its calls are refused. */
export async function paceRefusal(failures: Failures): Promise<void> {
  const request = currentRequest();
  if (request.actor.kind !== 'anonymous' || request.isPaced) return;
  request.isPaced = true;
  await failures.pace();
}
