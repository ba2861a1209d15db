import { describe, expect, it } from 'vitest';
import { coreTest } from '../testing/core-test.ts';
import { RETRY_DUE_AT, RETRY_STATUS } from './backoff.ts';

const test = coreTest();

/** After so many attempts at work that was queued so long ago: what follows, and in how many seconds. */
async function afterFailure(attempts: number, queuedAgo: string): Promise<{ status: string; seconds: number }> {
  const [row] = await test.rows<{ status: string; seconds: number }>(
    `select ${RETRY_STATUS} as status, extract(epoch from ${RETRY_DUE_AT} - now())::float8 as seconds
     from (select ?::int as attempts, now() - ?::interval as queued_at) work`,
    [attempts, queuedAgo],
  );
  if (!row) throw new Error('no row');
  return row;
}

describe('the pause after a failed attempt', () => {
  it.each([
    [1, 5],
    [2, 10],
    [5, 80],
    [8, 640],
    [9, 900],
    [1000, 900],
  ])('number %i is %i seconds, give or take a quarter', async (attempts, pause) => {
    const { status, seconds } = await afterFailure(attempts, '47 hours');
    expect(status).toBe('queued');
    expect(seconds).toBeGreaterThanOrEqual(0.75 * pause);
    expect(seconds).toBeLessThanOrEqual(1.25 * pause);
  });

  it('is short for work that was queued again, however often it was tried before', async () => {
    expect((await afterFailure(30, '1 second')).seconds).toBeLessThanOrEqual(1.25 * 5);
    expect((await afterFailure(30, '20 seconds')).seconds).toBeLessThanOrEqual(1.25 * 20);
  });
});

it('gives up after 48 hours', async () => {
  expect((await afterFailure(300, '48 hours')).status).toBe('failed');
});
