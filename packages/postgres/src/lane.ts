import { CallerGone, PoolBusy } from './errors.ts';

/** A part of a pool: a limited number of connections, with a bounded wait for one of them. */
export type LanePart = {
  /** Rejects with PoolBusy after `patience` milliseconds, or with CallerGone. */
  enter(patience: number, signal: AbortSignal): Promise<void>;
  leave(): void;
};

export function createLane(size: number): LanePart {
  let free = size;
  const waiting = new Set<() => void>();
  return {
    async enter(patience, signal) {
      if (free > 0) {
        free -= 1;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const refuse = (error: Error): void => {
        waiting.delete(resolve);
        reject(error);
      };
      const leave = (): void => refuse(new CallerGone('The caller has disconnected.'));
      const timer = setTimeout(() => refuse(new PoolBusy('All connections are busy.')), patience);
      signal.addEventListener('abort', leave, { once: true });
      waiting.add(resolve);
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
      }
    },
    leave() {
      const [next] = waiting;
      if (!next) {
        free += 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
