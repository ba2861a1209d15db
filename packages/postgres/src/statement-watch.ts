import { DatabaseUnavailable } from './errors.ts';

/** Milliseconds that a cancelled statement may take to end. After that, the connection counts as dead. */
const GRACE = 400;

type CancellableStatement = { cancel(): Promise<void>; destroy(error: Error): void };
type Limits = { milliseconds: number; signal: AbortSignal | undefined };

/**
 * Cancels a statement when its time is up or its caller has disconnected, and destroys the connection if the server
 * does not respond to the cancellation. Call the returned function when the statement has ended. It returns a promise
 * while a cancellation is in flight; wait for it, so that the cancellation cannot hit the next statement.
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
      watched.destroy(new DatabaseUnavailable('The database does not respond.'));
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
