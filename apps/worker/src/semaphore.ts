/** Limits how much happens at the same time, and serves waiters in their order. */
export type Semaphore = {
  /** Waits for `count` permits, at most the size of the semaphore. False if `signal` aborts first. */
  acquire(count: number, signal: AbortSignal): Promise<boolean>;
  release(count: number): void;
};

type Waiter = { count: number; admit(isAdmitted: boolean): void };

export function createSemaphore(size: number): Semaphore {
  let free = size;
  const waiters = new Set<Waiter>();
  const admit = (): void => {
    for (const waiter of waiters) {
      if (waiter.count > free) return;
      free -= waiter.count;
      waiters.delete(waiter);
      waiter.admit(true);
    }
  };
  return {
    async acquire(count, signal) {
      if (signal.aborted) return false;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter = { count, admit: resolve };
      waiters.add(waiter);
      const giveUp = (): void => {
        if (waiters.delete(waiter)) resolve(false);
        admit();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      admit();
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    release(count) {
      free += count;
      admit();
    },
  };
}
