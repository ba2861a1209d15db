import { DatabaseUnavailable } from './errors.ts';

/** Milliseconds to wait for an answer after a statement has been cancelled: then the connection itself is dead. */
const GRACE = 400;

type CancellableStatement = { cancel(): Promise<void>; destroy(error: Error): void };
type Limits = { milliseconds: number; signal: AbortSignal | undefined };

/**
 * Cancels a statement when its time is over or its caller has gone, and destroys the connection when the server does not
 * answer even then. Returns what to call when the statement has ended; where a cancellation is on its way, that returns
 * a promise to wait for, because the cancellation must not hit the next statement. A destroyed connection has none.
 */
export function watchStatement(
  watched: CancellableStatement,
  { milliseconds, signal }: Limits,
): () => Promise<void> | undefined {
  let cancelling: Promise<void> | undefined;
  let grace: NodeJS.Timeout | undefined;
  let isDestroyed = false;
  const stop = (): void => {
    if (cancelling) return;
    cancelling = watched.cancel();
    const silent = (): void => {
      isDestroyed = true;
      watched.destroy(new DatabaseUnavailable('The database does not answer.'));
    };
    grace = setTimeout(silent, GRACE);
  };
  const timer = setTimeout(stop, milliseconds);
  signal?.addEventListener('abort', stop, { once: true });
  return () => {
    clearTimeout(timer);
    clearTimeout(grace);
    signal?.removeEventListener('abort', stop);
    return isDestroyed ? undefined : cancelling;
  };
}
