import type { Logger } from 'pino';
import type { LimitName } from './rate-limit.ts';

/** Milliseconds between two lines about one limit. */
const PAUSE = 60_000;

/** `failures_by_address` is counted in `failures.ts`. */
type RefusalLimit = LimitName | 'failures_by_address';

/** The most distinct clients that are counted. */
const MOST_KEYS = 10_000;

export type Refusals = {
  note(limit: RefusalLimit, key: string): void;
  /** Logs the remaining counts. */
  close(): void;
};

type RefusalCount = { refused: number; keys: Set<string>; timer: NodeJS.Timeout };

/**
 * Logs a line when a limit begins to refuse calls, and then one line a minute with the number of calls and of clients or
 * accounts. One line per refusal would let attackers fill the disk.
 */
export function logRefusals(logger: Logger): Refusals {
  const counts = new Map<RefusalLimit, RefusalCount>();
  const logCount = (limit: RefusalLimit, { refused, keys }: RefusalCount): void =>
    logger.warn({ limit, refused, keys: keys.size }, 'rate limit refusals');
  const begin = (limit: RefusalLimit): RefusalCount => {
    const count = { refused: 0, keys: new Set<string>(), timer: setTimeout(endPeriod, PAUSE, limit).unref() };
    counts.set(limit, count);
    return count;
  };
  const endPeriod = (limit: RefusalLimit): void => {
    const past = counts.get(limit);
    counts.delete(limit);
    if (!past || past.refused === 0) return;
    logCount(limit, past);
    begin(limit);
  };
  return {
    note(limit, key) {
      const present = counts.get(limit);
      if (!present) {
        logger.warn({ limit }, 'rate limit reached');
        begin(limit).keys.add(key);
        return;
      }
      present.refused += 1;
      if (present.keys.size < MOST_KEYS) present.keys.add(key);
    },
    close() {
      for (const [limit, past] of counts) {
        clearTimeout(past.timer);
        if (past.refused > 0) logCount(limit, past);
      }
      counts.clear();
    },
  };
}
