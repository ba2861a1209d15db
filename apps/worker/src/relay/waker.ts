export type Waker = {
  wake(): void;
  /** Resolves after `wake`, even if that was called since the last sleep, after the time, or when `signal` aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
};

export function createWaker(): Waker {
  let woken = false;
  let end = (): void => undefined;
  return {
    wake() {
      woken = true;
      end();
    },
    async sleep(milliseconds, signal) {
      if (!woken && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => end(), milliseconds);
          end = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', end);
            resolve();
          };
          signal.addEventListener('abort', end, { once: true });
        });
      }
      woken = false;
    },
  };
}
