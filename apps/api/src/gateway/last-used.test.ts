import type timers from 'node:timers/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepLastUsed } from './last-used.ts';

// Fake timers do not cover this module.
vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof timers>()),
  setTimeout: (milliseconds: number, value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      setTimeout(() => resolve(value), milliseconds);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
}));

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** `begun` and `written` count the rows of each statement. The second statement fails. */
function keeper(clock = () => new Date()) {
  const [begun, written, ids]: [number[], number[], string[]] = [[], [], []];
  const lastUsed = keepLastUsed({
    clock,
    async write(used) {
      begun.push(used.length);
      await turn();
      if (begun.length === 2) throw new Error('the database is away');
      written.push(used.length);
      ids.push(...used.map(([id, at]) => `${id} ${at.toISOString()}`));
    },
  });
  const mark = (from: number, to: number) => {
    for (let n = from; n < to; n += 1) lastUsed.mark(String(n));
  };
  /** Lets statements finish. */
  const pass = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds);
    for (let n = 0; n < 10; n += 1) await turn();
  };
  return { lastUsed, begun, written, ids, mark, pass };
}

it('writes every half minute, a thousand rows at a time and one statement after the other, even if one fails', async () => {
  const { lastUsed, begun, written, mark, pass } = keeper();
  mark(0, 2500);
  await pass(29_999);
  expect(begun).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun, 'the next statement waits for this one').toEqual([1000]);
  await pass(0);
  expect({ begun, written }).toEqual({ begun: [1000, 1000, 500], written: [1000, 500] });
  await pass(30_000);
  expect(begun, 'each use is written once').toHaveLength(3);
  mark(0, 7);
  await pass(30_000);
  expect(written).toEqual([1000, 500, 7]);
  await lastUsed.stop();
});

it('writes the latest use of the remaining credentials when it stops', async () => {
  let now = 0;
  const { lastUsed, ids, mark } = keeper(() => new Date(now));
  mark(0, 2);
  now = 1000;
  mark(1, 2);
  await lastUsed.stop();
  expect(ids).toEqual(['0 1970-01-01T00:00:00.000Z', '1 1970-01-01T00:00:01.000Z']);
});
