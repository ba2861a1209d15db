import { setTimeout as sleep } from 'node:timers/promises';
import { DriverException } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { migrations } from '../migrations/index.ts';
import { DatabaseClock } from './database-clock.ts';
import { takeMaintenanceLock } from './maintenance-lock.ts';
import { createOrm, type OrmOptions } from './orm.ts';
import { FOR_EVER } from './partitioned-tables.ts';
import { keepPartitions } from './partitions.ts';

type Options = { databaseUrl: string; log?: (line: string) => void };

const NAME = 'gatehouse-migrate';

/** A migration gives up a lock that it does not get, because writers wait behind it. A deadlock does the same. */
const LOCK_CODES = new Set(['55P03', '40P01']);
/** Milliseconds between two attempts, in which the writers that waited go on. */
const PAUSE = 250;
/** Milliseconds. A long transaction, a backup or an autovacuum holds its lock for minutes. */
const LOCK_PATIENCE = 15 * 60_000;

export const MIGRATOR: NonNullable<OrmOptions['migrator']> = {
  extensions: [Migrator],
  migrations: { migrationsList: migrations, snapshot: false, transactional: true, allOrNothing: false },
};

/**
 * Applies pending migrations, and gives this month its partitions. Safe to run concurrently: MikroORM's migrator has no
 * lock, so an advisory lock on a separate connection serializes the processes.
 */
export async function migrate({ databaseUrl, log = () => undefined }: Options): Promise<void> {
  await using _lock = await takeMaintenanceLock({ databaseUrl, name: NAME });
  const orm = createOrm({ databaseUrl, poolSize: 2, name: NAME, limits: null, migrator: MIGRATOR });
  try {
    for (const { name } of await orm.migrator.getPending()) {
      log(`Applying migration ${name}`);
      const apply = () => orm.migrator.up({ migrations: [name] });
      await untilLocked(apply, () => log('A table is locked. Trying again until its lock is free'));
    }
    const clock = new DatabaseClock(orm.em);
    await clock.ask();
    await keepPartitions({ databaseUrl, limits: null, now: clock.now(), retention: FOR_EVER });
  } finally {
    await orm.close();
  }
}

async function untilLocked(apply: () => Promise<unknown>, onFirstFailure: () => void): Promise<void> {
  const deadline = performance.now() + LOCK_PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await apply();
      return;
    } catch (error) {
      const isLocked = error instanceof DriverException && LOCK_CODES.has(error.code ?? '');
      if (!isLocked || performance.now() > deadline) throw error;
      if (attempt === 1) onFirstFailure();
      await sleep(PAUSE);
    }
  }
}
