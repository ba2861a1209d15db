import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { logRefusals } from './refusals.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const lines: object[] = [];
  const write = (line: string): void => {
    const { limit, refused, keys, msg } = JSON.parse(line);
    lines.push({ limit, refused, keys, msg });
  };
  return { lines, refusals: logRefusals(pino({ level: 'info' }, { write })) };
}

test('the first refusal is logged immediately, and later ones as a count once a minute until they end', () => {
  const { lines, refusals } = watched();
  const begun = { limit: 'login_by_account', msg: 'rate limit reached' };
  const told = { limit: 'login_by_account', msg: 'rate limit refusals' };
  for (let n = 0; n < 1000; n += 1) refusals.note('login_by_account', `key ${String(n % 3)}`);
  expect(lines).toEqual([begun]);
  vi.advanceTimersByTime(60_000);
  expect(lines.splice(0)).toEqual([begun, { ...told, refused: 999, keys: 3 }]);
  refusals.note('login_by_account', 'key 1');
  vi.advanceTimersByTime(60_000);
  expect(lines.splice(0)).toEqual([{ ...told, refused: 1, keys: 1 }]);
  vi.advanceTimersByTime(60_000);
  refusals.note('login_by_account', 'key 1');
  expect(lines).toEqual([begun]);
});

test('refusals that are not logged yet are logged at the end, for each limit', () => {
  const { lines, refusals } = watched();
  for (const limit of ['login_by_account', 'link_by_address'] as const)
    for (let n = 0; n < 2; n += 1) refusals.note(limit, 'key');
  lines.splice(0);
  refusals.close();
  expect(lines).toMatchObject([
    { limit: 'login_by_account', refused: 1, keys: 1 },
    { limit: 'link_by_address', refused: 1, keys: 1 },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});
