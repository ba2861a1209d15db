import { expect, it } from 'vitest';
import { LANES, Lanes } from './lanes.ts';

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'other'),
  );

it('refuses calls beyond the lane and beyond the share of one caller, and takes new ones when others end', async () => {
  const lanes = new Lanes();
  const { most, ofOneCaller } = LANES.list;
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const call = (caller: string) => codeOf(lanes.run('list', caller, () => end));
  const calls = Array.from({ length: ofOneCaller }, () => call('greedy'));
  expect(await call('greedy')).toBe('rate_limited');
  calls.push(...Array.from({ length: most - ofOneCaller }, (_, n) => call(`other ${String(n)}`)));
  expect(await call('one more')).toBe('overloaded');
  expect(await codeOf(lanes.run('change', 'greedy', () => Promise.resolve()))).toBe('none');
  resolve();
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['none']));
  expect(await call('greedy')).toBe('none');
});

it('frees the place of a call that fails', async () => {
  const lanes = new Lanes();
  for (let n = 0; n <= LANES.mail.most; n += 1)
    expect(await codeOf(lanes.run('mail', 'a', () => Promise.reject(new Error('failed'))))).toBe('other');
});
