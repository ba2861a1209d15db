import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@gatehouse/db/migrate';
import { makeOwned } from '@gatehouse/embedded-postgres/directories';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { call, newPortal, until } from './api.ts';
import { type DatabaseServer, ownedFile, startDatabaseServer } from './database-server.ts';
import { startSystem } from './system.ts';

/** Copies the running server, and starts the copy as its streaming standby. */
async function startStandby(primary: DatabaseServer): Promise<DatabaseServer> {
  const directory = createScratchDirectory('standby');
  makeOwned(directory, serverAccount(directory), 0o755);
  const cluster = join(directory, 'pg18');
  await using client = await connected(primary.url);
  await client.sql(`select pg_backup_start('copy', true)`);
  execFileSync('cp', ['-Rp', join(primary.directory, 'pg18'), cluster]);
  const [end] = await client.sql<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
  rmSync(join(cluster, 'postmaster.pid'));
  ownedFile(join(cluster, 'backup_label'), end?.labelfile ?? '');
  ownedFile(join(cluster, 'standby.signal'), '');
  const { host, port, user } = new pg.Client({ connectionString: primary.url });
  return await startDatabaseServer({
    dataDir: directory,
    settings: { primary_conninfo: `host=${host} port=${String(port)} user=${user ?? ''}` },
  });
}

async function connected(url: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    sql: async <T extends object>(text: string): Promise<T[]> => (await client.query<T>(text)).rows,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

test.runIf(inject('queue') === 'postgres')('queries use the replica, but never miss a write', async () => {
  await using primary = await startDatabaseServer();
  await migrate({ databaseUrl: primary.url });
  await using standby = await startStandby(primary);
  await using replica = await connected(standby.url);
  const database = { url: primary.url, [Symbol.asyncDispose]: () => Promise.resolve() };
  await using system = await startSystem({
    database,
    workerRuns: false,
    reach: () => ({ DATABASE_REPLICA_URL: standby.url }),
  });
  const second = system.anotherApi({});
  await second.start();
  await using _second = { [Symbol.asyncDispose]: () => second.kill() };
  const other = { ...system, url: second.url() };

  /** Creates a portal in one process, and reads it and the list in the other. */
  let total = 0;
  const writeAndRead = async (): Promise<void> => {
    const id = await newPortal(system);
    total += 1;
    expect((await call(other, `GET /api/portals/${id}`)).status).toBe(200);
    expect((await call(other, 'GET /api/portals')).body).toMatchObject({ total });
  };
  const listsOnReplica = async (): Promise<number> =>
    (
      await replica.sql(
        `select from pg_stat_activity where application_name = 'gatehouse-replica' and query like '%from portal%'`,
      )
    ).length;
  const lines = (text: string): number => second.output().split(text).length - 1;

  for (let n = 0; n < 10; n += 1) await writeAndRead();
  await until('a query on the replica', async () => {
    await call(other, 'GET /api/portals');
    return (await listsOnReplica()) > 0 || null;
  });

  await replica.sql('select pg_wal_replay_pause()');
  for (let n = 0; n < 10; n += 1) await writeAndRead();
  expect(lines('queries avoid the read replica')).toBe(1);

  await replica.sql('select pg_wal_replay_resume()');
  await until('the replica', async () => {
    await call(other, 'GET /api/portals');
    return lines('queries use the read replica again') === 1 || null;
  });
  await writeAndRead();

  process.kill(standby.pid, 'SIGKILL');
  for (let n = 0; n < 10; n += 1) await writeAndRead();
  expect(lines('queries avoid the read replica')).toBe(2);
});
