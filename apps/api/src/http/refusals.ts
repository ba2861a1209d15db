import type { Logger } from 'pino';
import type { LimitName } from './rate-limit.ts';

/** Milliseconds between two lines about one limit. */
const PAUSE = 60_000;

/** `failures_by_address` is counted in `failures.ts`. */
type RefusalLimit = LimitName | 'failures_by_address';

/** Different clients that are counted. */
const MOST_KEYS = 10_000;

export type Refusals = {
  note(limit: RefusalLimit, key: string): void;
  /** Says what has not been said. */
  close(): void;
};

type Ongoing = { refused: number; keys: Set<string>; timer: NodeJS.Timeout };

/**
 * A line when a limit begins to refuse calls, and while it goes on one a minute that says how many, of how many clients or
 * accounts: one line per refusal would let attackers fill the disk.
 */
export function logRefusals(logger: Logger): Refusals {
  const ongoing = new Map<RefusalLimit, Ongoing>();
  const tell = (limit: RefusalLimit, { refused, keys }: Ongoing): void =>
    logger.warn({ limit, refused, keys: keys.size }, 'rate limit refusals');
  const begin = (limit: RefusalLimit): Ongoing => {
    const begun = { refused: 0, keys: new Set<string>(), timer: setTimeout(goOn, PAUSE, limit).unref() };
    ongoing.set(limit, begun);
    return begun;
  };
  const goOn = (limit: RefusalLimit): void => {
    const past = ongoing.get(limit);
    ongoing.delete(limit);
    if (!past || past.refused === 0) return;
    tell(limit, past);
    begin(limit);
  };
  return {
    note(limit, key) {
      const present = ongoing.get(limit);
      if (!present) {
        logger.warn({ limit }, 'rate limit reached');
        begin(limit).keys.add(key);
        return;
      }
      present.refused += 1;
      if (present.keys.size < MOST_KEYS) present.keys.add(key);
    },
    close() {
      for (const [limit, past] of ongoing) {
        clearTimeout(past.timer);
        if (past.refused > 0) tell(limit, past);
      }
      ongoing.clear();
    },
  };
}
