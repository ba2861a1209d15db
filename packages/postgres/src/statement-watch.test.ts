import { expect, it } from 'vitest';
import { watchStatement } from './statement-watch.ts';

const limits = { milliseconds: 1, signal: undefined };

it('waits for a cancellation that is on its way, so that it does not hit the next statement', async () => {
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

it('waits for no cancellation on a connection that it has destroyed: the caller has waited long enough', async () => {
  const destroyed = Promise.withResolvers<Error>();
  const never = new Promise<void>(() => undefined);
  const over = watchStatement({ cancel: () => never, destroy: destroyed.resolve }, limits);
  expect((await destroyed.promise).message).toBe('The database does not answer.');
  expect(over()).toBeUndefined();
});
