import { CallerGone, PoolBusy } from './errors.ts';

type Entry = {
  /** Shares the lane fairly among callers. Undefined: no share. */
  caller: string | undefined;
  /** Milliseconds. */
  patience: number;
  signal: AbortSignal;
};

/** A part of a pool: a limited number of connections, with a bounded wait for one of them. */
export type LanePart = {
  /** Rejects with PoolBusy after `patience`, or with CallerGone. */
  enter(entry: Entry): Promise<void>;
  leave(caller: string | undefined): void;
};

type Waiting = { caller: string | undefined; start: () => void };

/**
 * One caller never takes the last connection of a lane, and the caller with the fewest connections gets the next one. A
 * caller that runs slow lists without pause therefore delays the lists of others by little.
 */
export function createLane(size: number): LanePart {
  let free = size;
  const share = Math.max(1, size - 1);
  const held = new Map<string | undefined, number>();
  const waiting = new Set<Waiting>();
  const heldBy = (caller: string | undefined): number => (caller === undefined ? 0 : (held.get(caller) ?? 0));

  function tryStart(caller: string | undefined): boolean {
    if (free === 0 || heldBy(caller) >= share) return false;
    free -= 1;
    if (caller !== undefined) held.set(caller, heldBy(caller) + 1);
    return true;
  }

  function startNext(): void {
    const next = [...waiting].reduce<Waiting | undefined>(
      (least, each) => (least && heldBy(least.caller) <= heldBy(each.caller) ? least : each),
      undefined,
    );
    if (!next || !tryStart(next.caller)) return;
    waiting.delete(next);
    next.start();
  }

  return {
    async enter({ caller, patience, signal }) {
      if (tryStart(caller)) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const place = { caller, start: resolve };
      const refuse = (error: Error): void => {
        waiting.delete(place);
        reject(error);
      };
      const gone = (): void => refuse(new CallerGone('The caller has disconnected.'));
      const timer = setTimeout(() => refuse(new PoolBusy('All connections are busy.')), patience);
      signal.addEventListener('abort', gone, { once: true });
      waiting.add(place);
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
      }
    },
    leave(caller) {
      free += 1;
      if (caller !== undefined) {
        const left = heldBy(caller) - 1;
        if (left === 0) held.delete(caller);
        else held.set(caller, left);
      }
      startNext();
    },
  };
}
