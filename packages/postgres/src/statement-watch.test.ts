import { expect, it } from 'vitest';
import { watchStatement } from './statement-watch.ts';

const limits = { milliseconds: 1, signal: undefined };

it('waits for a pending cancellation, so that it cannot hit the next statement', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const cancel = (): Promise<void> => {
    begun.resolve();
    return promise;
  };
  const over = watchStatement({ cancel, destroy: () => undefined }, limits);
  await begun.promise;
  const waiting = over();
  expect(waiting).toBe(promise);
  resolve();
  await waiting;
});

it('does not wait for a cancellation after destroying the connection', async () => {
  const destroyed = Promise.withResolvers<Error>();
  const never = new Promise<void>(() => undefined);
  const over = watchStatement({ cancel: () => never, destroy: destroyed.resolve }, limits);
  expect((await destroyed.promise).message).toBe('The database does not respond.');
  expect(over()).toBeUndefined();
});
