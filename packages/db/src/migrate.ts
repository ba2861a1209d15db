import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';
import { createOrm } from './orm.ts';

type Options = { databaseUrl: string; log?: (line: string) => void };

const NAME = 'gatehouse-migrate';

/**
 * Brings the schema up to date. Safe to call from any number of processes at once: MikroORM's migrator has no lock of
 * its own, so an advisory lock held on a connection of ours lets one work while the others wait.
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
 * Asks again and again: a statement that waited for the lock would hold a snapshot, and an index that is built
 * concurrently waits for every older snapshot, so neither would ever end.
 */
async function takeTurn(lock: Connection): Promise<void> {
  const take = `select pg_try_advisory_lock(hashtext('gatehouse:migrate')) as taken`;
  while (!(await lock.query<{ taken: boolean }>(take)).rows[0]?.taken) await sleep(100);
}
