import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';

/**
 * Keeps migrations and repairs of counters apart, on a separate connection. Polls instead of blocking: a statement that
 * waits for the lock holds a snapshot, and `create index concurrently` waits for all older snapshots, so the two would
 * deadlock.
 */
export async function takeMaintenanceLock(to: { databaseUrl: string; name: string }): Promise<AsyncDisposable> {
  const connection = new Connection({ ...to, limits: null });
  await connection.connect();
  const take = `select pg_try_advisory_lock(hashtext('gatehouse:migrate')) as taken`;
  try {
    while (!(await connection.query<{ taken: boolean }>(take)).rows[0]?.taken) await sleep(100);
  } catch (error) {
    await connection.end();
    throw error;
  }
  return { [Symbol.asyncDispose]: () => connection.end() };
}
