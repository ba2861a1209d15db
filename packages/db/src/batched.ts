/** Lets concurrent callers share one run of `ask`. A caller never gets the result of a run that began before its call. */
export function batched<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const own = ask();
      running = own.catch(() => undefined);
      return own;
    });
    return next;
  };
}
