import { describe, expect, it } from 'vitest';
import { coreTest } from '../testing/core-test.ts';
import { RETRY_DUE_AT, RETRY_STATUS } from './backoff.ts';

const test = coreTest();

/** The next status of a work item after that many attempts, and the seconds until its due time. */
async function afterFailure(attempts: number, queuedAgo: string): Promise<{ status: string; seconds: number }> {
  const [row] = await test.rows<{ status: string; seconds: number }>(
    `select ${RETRY_STATUS} as status, extract(epoch from ${RETRY_DUE_AT} - now())::float8 as seconds
     from (select ?::int as attempts, now() - ?::interval as queued_at) work`,
    [attempts, queuedAgo],
  );
  if (!row) throw new Error('The query returned no row.');
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
  ])('number %i is %i seconds, plus or minus a quarter', async (attempts, pause) => {
    const { status, seconds } = await afterFailure(attempts, '47 hours');
    expect(status).toBe('queued');
    expect(seconds).toBeGreaterThanOrEqual(0.75 * pause);
    expect(seconds).toBeLessThanOrEqual(1.25 * pause);
  });

  it('is short for work that was queued again, whatever the number of earlier attempts', async () => {
    expect((await afterFailure(30, '1 second')).seconds).toBeLessThanOrEqual(1.25 * 5);
    expect((await afterFailure(30, '20 seconds')).seconds).toBeLessThanOrEqual(1.25 * 20);
  });
});

it('delivery gives up after 48 hours', async () => {
  expect((await afterFailure(300, '48 hours')).status).toBe('failed');
});
