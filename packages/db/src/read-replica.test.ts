import { setTimeout as delay } from 'node:timers/promises';
import { CALL_LIMITS } from '@gatehouse/postgres/limits';
import { createTestDatabase } from '@gatehouse/testing/database';
import { type StallingProxy, startStallingProxy } from '@gatehouse/testing/stalling-proxy';
import type { EntityManager } from '@mikro-orm/postgresql';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createOrm } from './orm.ts';
import { ReadReplica } from './read-replica.ts';
import { send } from './statement.ts';

/** The limit of a statement is short, because tests wait for it. */
const LIMITS = { ...CALL_LIMITS, statement: 2500 };

/** Makes the database look like a standby that has replayed everything. */
const STANDBY = `
  create function public.pg_is_in_recovery() returns boolean language sql as 'select true';
  create function public.pg_last_wal_replay_lsn() returns pg_lsn language sql as 'select pg_current_wal_insert_lsn()';
  do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`;

/** The database serves as its own replica, behind a proxy. */
async function startReplica() {
  await using started = new AsyncDisposableStack();
  const database = started.use(await createTestDatabase());
  const setUp = new pg.Client({ connectionString: database.url });
  await setUp.connect();
  await setUp.query(STANDBY);
  await setUp.end();
  const primary = createOrm({ databaseUrl: database.url, limits: LIMITS });
  started.defer(() => primary.close());
  const proxy = await startStallingProxy(database.url);
  const standby = createOrm({ databaseUrl: proxy.url, limits: LIMITS });
  const probe = createOrm({ databaseUrl: proxy.url, limits: LIMITS, poolSize: 1 });
  started.defer(() => standby.close());
  started.defer(() => probe.close());
  started.use(proxy);
  // Two connections are open, so that the wait for a new one cannot end the wait for an answer.
  await Promise.all([1, 2].map(() => send(standby.em.fork(), 'select pg_sleep(0.1)', [])));
  const reasons: (string | null)[] = [];
  const onChange = (reason: string | null): void => void reasons.push(reason);
  const replica = new ReadReplica({ primary: primary.em, replica: standby.em, probe: probe.em, onChange });
  const held = started.move();
  return {
    proxy,
    reasons,
    /** Resolves when a statement that begins now has reached its limit. */
    limit: (): Promise<string> =>
      send(primary.em.fork(), 'select pg_sleep(60)', []).then(
        () => 'an answer',
        () => 'the limit of a statement',
      ),
    /** A query that begins with `onReplica` on the replica. Returns the server that answered it. */
    read: (onReplica: (em: EntityManager) => Promise<unknown>): Promise<string> =>
      replica.read(async (em) => {
        const isPrimary = em.config === primary.em.config;
        if (!isPrimary) await onReplica(em);
        await send(em, 'select', []);
        return isPrimary ? 'the primary' : 'the replica';
      }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

it('reads on the primary while the replica is silent', async () => {
  await using test = await startReplica();
  test.proxy.stall();
  expect(await Promise.race([test.limit(), test.read(() => Promise.resolve())])).toBe('the primary');
  expect(test.reasons).toEqual(['unreachable']);
});

it('reads on the primary if the replica falls silent during the query', async () => {
  await using test = await startReplica();
  const read = test.read(async (em) => {
    test.proxy.stall();
    await send(em, 'select', []);
  });
  expect(await Promise.race([test.limit(), read])).toBe('the primary');
  expect(test.reasons).toEqual(['failed']);
});

it.each([
  [
    'the replica ends the connection',
    (em: EntityManager) => send(em, 'select pg_terminate_backend(pg_backend_pid())', []),
  ],
  [
    'the network ends the connection',
    async (em: EntityManager, proxy: StallingProxy) => {
      const slow = send(em, 'select pg_sleep(60)', []);
      await delay(100);
      proxy.cut();
      await slow;
    },
  ],
])('reads on the primary immediately if %s during the query', async (_what, onReplica) => {
  await using test = await startReplica();
  const read = test.read((em) => onReplica(em, test.proxy));
  expect(await Promise.race([test.limit(), read])).toBe('the primary');
});

it('waits for a slow query of a replica that responds', async () => {
  await using test = await startReplica();
  expect(await test.read((em) => send(em, 'select pg_sleep(1.2)', []))).toBe('the replica');
});

it('does not take a full pool of the replica for silence', async () => {
  await using test = await startReplica();
  const reads = Array.from({ length: 12 }, () => test.read((em) => send(em, 'select pg_sleep(1.2)', [])));
  expect([...new Set(await Promise.all(reads)), ...test.reasons]).toEqual(['the replica']);
});
