import { expect, test } from 'vitest';
import { createSemaphore } from './semaphore.ts';

const never = new AbortController().signal;

test('admits waiters in their order, as soon as enough permits are free', async () => {
  const semaphore = createSemaphore(3);
  const admitted: string[] = [];
  const acquire = async (name: string, count: number) => {
    if (await semaphore.acquire(count, never)) admitted.push(name);
  };
  const waiting = [acquire('a', 2), acquire('b', 2), acquire('c', 1)];
  await waiting[0];
  expect(admitted).toEqual(['a']);
  semaphore.release(1);
  await Promise.all(waiting.slice(0, 2));
  expect(admitted).toEqual(['a', 'b']);
  semaphore.release(1);
  await Promise.all(waiting);
  expect(admitted).toEqual(['a', 'b', 'c']);
});

test('does not admit a waiter whose signal has aborted, and serves the next one', async () => {
  const semaphore = createSemaphore(2);
  await semaphore.acquire(1, never);
  const giveUp = new AbortController();
  const large = semaphore.acquire(2, giveUp.signal);
  const small = semaphore.acquire(1, never);
  giveUp.abort();
  expect(await large).toBe(false);
  expect(await small).toBe(true);
  expect(await semaphore.acquire(1, AbortSignal.abort())).toBe(false);
});
