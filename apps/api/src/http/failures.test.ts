import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countFailures } from './failures.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('a client with too many invalid calls is rejected until they expire, and other clients are not', () => {
  const refused: string[] = [];
  const failures = countFailures((client) => refused.push(client));
  for (let n = 0; n < 120; n += 1) {
    failures.assertFew('a');
    failures.note('a');
  }
  expect(() => failures.assertFew('a')).toThrow(/Try again in \d{3} seconds/);
  expect(() => failures.assertFew('b')).not.toThrow();
  expect(refused).toEqual(['a']);
});

test('error responses above the rate are delayed, but not for long', async () => {
  const failures = countFailures(() => undefined);
  const answered: number[] = [];
  const begun = performance.now();
  for (let n = 0; n < 9000; n += 1) void failures.pace().then(() => answered.push(performance.now() - begun));
  await vi.advanceTimersByTimeAsync(1);
  expect(answered.length).toBeGreaterThanOrEqual(800);
  expect(answered.length).toBeLessThan(820);
  await vi.advanceTimersByTimeAsync(1000);
  expect(answered.length).toBeLessThan(1620);
  await vi.advanceTimersByTimeAsync(4000);
  expect(answered).toHaveLength(9000);
});
