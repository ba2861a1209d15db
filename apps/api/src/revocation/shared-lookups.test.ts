import { expect, test } from 'vitest';
import { SharedLookups } from './shared-lookups.ts';

type Call = { key: string; stamp: number };

test.each<[string, Call, number]>([
  ['the same key and stamp share a look-up', { key: 'a', stamp: 1 }, 1],
  ['another key has its own look-up', { key: 'b', stamp: 1 }, 2],
  ['a later stamp starts a new look-up', { key: 'a', stamp: 2 }, 2],
])('%s', async (_, second, expected) => {
  const lookups = new SharedLookups<number>();
  let count = 0;
  const run = ({ key, stamp }: Call) => lookups.run(key, stamp, () => Promise.resolve((count += 1)));
  await Promise.all([run({ key: 'a', stamp: 1 }), run(second)]);
  expect(count).toBe(expected);
});

test('a look-up that has succeeded or failed is no longer shared', async () => {
  const lookups = new SharedLookups<string>();
  await expect(lookups.run('a', 1, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await lookups.run('a', 1, () => Promise.resolve('found'))).toBe('found');
  expect(await lookups.run('a', 1, () => Promise.resolve('found again'))).toBe('found again');
});
