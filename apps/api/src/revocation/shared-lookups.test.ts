import { expect, test } from 'vitest';
import { SharedLookups } from './shared-lookups.ts';

function startLookups() {
  const lookups = new SharedLookups<string>();
  const begun: PromiseWithResolvers<string>[] = [];
  const run = (key: string): Promise<string> =>
    lookups.run(key, () => {
      const lookup = Promise.withResolvers<string>();
      begun.push(lookup);
      return lookup.promise;
    });
  return { run, begun };
}

test('a caller never gets the answer of a look-up that began before its call', async () => {
  const { run, begun } = startLookups();
  const first = run('a');
  const late = [run('a'), run('a')];
  begun[0]?.resolve('before the commit');
  expect(await first).toBe('before the commit');
  await expect.poll(() => begun.length).toBe(2);
  const latest = run('a');
  begun[1]?.resolve('after the commit');
  expect(await Promise.all(late)).toEqual(['after the commit', 'after the commit']);
  await expect.poll(() => begun.length).toBe(3);
  begun[2]?.resolve('later');
  expect(await latest).toBe('later');
});

test('another key has its own look-up', () => {
  const { run, begun } = startLookups();
  void run('a');
  void run('b');
  expect(begun.length).toBe(2);
});

test('a failure is shared with the callers that wait behind it, and with no later one', async () => {
  const { run, begun } = startLookups();
  const both = Promise.allSettled([run('a'), run('a')]);
  begun[0]?.reject(new Error('lost'));
  expect(await both).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  const later = run('a');
  begun[1]?.resolve('found');
  expect(await later).toBe('found');
});
