import { expect, test } from 'vitest';
import { batched } from './batched.ts';

test('concurrent callers share a run that began after their calls', async () => {
  const runs: PromiseWithResolvers<string>[] = [];
  const ask = batched(() => {
    const run = Promise.withResolvers<string>();
    runs.push(run);
    return run.promise;
  });
  const early = [ask(), ask()];
  await Promise.resolve();
  await Promise.resolve();
  const late = [ask(), ask()];
  expect(runs).toHaveLength(1);
  runs[0]?.reject(new Error('lost'));
  await expect(Promise.allSettled(early)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  await expect.poll(() => runs.length).toBe(2);
  runs[1]?.resolve('found');
  expect(await Promise.all(late)).toEqual(['found', 'found']);
});
