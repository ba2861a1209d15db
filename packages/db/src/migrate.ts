import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';
import { createOrm } from './orm.ts';

type Options = { databaseUrl: string; log?: (line: string) => void };

const NAME = 'gatehouse-migrate';

/**
 * Applies pending migrations. Safe to run concurrently: MikroORM's migrator has no lock, so an advisory lock on a
 * separate connection serializes the processes.
 */
export async function migrate({ databaseUrl, log = () => undefined }: Options): Promise<void> {
  const lock = new Connection({ databaseUrl, name: NAME, limits: null });
  await lock.connect();
  try {
    await takeTurn(lock);
    const orm = await createOrm({ databaseUrl, poolSize: 2, name: NAME, limits: null });
    try {
      const pending = await orm.migrator.getPending();
      for (const { name } of pending) {
        log(`Applying migration ${name}`);
        await orm.migrator.up({ migrations: [name] });
      }
    } finally {
      await orm.close();
    }
  } finally {
    await lock.end();
  }
}

/**
 * Polls instead of blocking: a statement that waits for the lock holds a snapshot, and `create index concurrently`
 * waits for all older snapshots, so the two would deadlock.
 */
async function takeTurn(lock: Connection): Promise<void> {
  const take = `select pg_try_advisory_lock(hashtext('gatehouse:migrate')) as taken`;
  while (!(await lock.query<{ taken: boolean }>(take)).rows[0]?.taken) await sleep(100);
}
