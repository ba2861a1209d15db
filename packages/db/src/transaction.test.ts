import { inCall } from '@gatehouse/postgres/call';
import { CALL_LIMITS } from '@gatehouse/postgres/limits';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/database';
import { startStallingProxy } from '@gatehouse/testing/stalling-proxy';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOrm } from './orm.ts';
import { send, statement } from './statement.ts';
import { notifyAfterCommit, transaction } from './transaction.ts';

let database: TestDatabase;
/** Has one connection, which must be usable after each failure. */
let orm: MikroORM;
let other: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = createOrm({ databaseUrl: database.url, poolSize: 1 });
  other = createOrm({ databaseUrl: database.url });
  await other.em.fork().execute('create table thing (id int primary key)');
  await other.em.fork().execute('create table late (id int unique deferrable initially deferred)');
});
afterAll(async () => {
  await Promise.all([orm.close(), other.close()]);
  await database[Symbol.asyncDispose]();
});

const add = statement({ name: 'test.add', text: 'insert into thing values (?)', params: ['integer'] });
const addLate = statement({ name: 'test.add_late', text: 'insert into late values (?)', params: ['integer'] });

const addEvent = statement({
  name: 'test.add_event',
  text: 'insert into outbox values (gen_random_uuid())',
  params: [],
});

/** The error of a transaction, after a check that it has left nothing behind. */
async function failureOf(run: (em: EntityManager) => unknown): Promise<unknown> {
  const failure = await transaction(orm.em, async (em) => void (await run(em))).then(
    () => 'committed',
    (error: unknown) => error,
  );
  const left = await send(
    orm.em.fork(),
    'select pg_current_xact_id_if_assigned() as open, (select count(*)::int from thing) as things',
    [],
  );
  expect(left.rows).toEqual([{ open: null, things: 0 }]);
  return failure;
}
const TAKEN = { name: 'UniqueConstraintViolationException' };

it.each([
  ['second', [1, 1, 2]],
  ['last', [1, 2, 2]],
])('changes nothing if the %s of several statements fails', async (_which, ids) => {
  expect(await failureOf((em) => Promise.all(ids.map((id) => add.run(em, [id]))))).toMatchObject(TAKEN);
  expect(await failureOf((em) => ids.forEach((id) => add.atCommit(em, [id])))).toMatchObject(TAKEN);
});

it('changes nothing if the commit fails', async () => {
  expect(
    await failureOf((em) => {
      add.atCommit(em, [1]);
      for (const id of [1, 1]) addLate.atCommit(em, [id]);
    }),
  ).toMatchObject(TAKEN);
});

it('never commits after an error that the work has caught', async () => {
  const caught = async (em: EntityManager): Promise<void> => {
    await Promise.allSettled([1, 1].map((id) => add.run(em, [id])));
  };
  expect(await failureOf(caught)).toMatchObject({ message: expect.stringContaining('had failed') });
  expect(
    await failureOf(async (em) => {
      await caught(em);
      add.atCommit(em, [2]);
    }),
  ).toMatchObject({ code: '25P02' });
});

it.each(['in the middle', 'at the commit'])('changes nothing if the connection is lost %s', async (when) => {
  const failure = await failureOf(async (em) => {
    await add.run(em, [1]);
    const { rows } = await send<{ pid: number }>(em, 'select pg_backend_pid() as pid', []);
    await other.em.fork().execute('select pg_terminate_backend(?)', [rows[0]?.pid]);
    if (when === 'in the middle') await add.run(em, [2]);
    else add.atCommit(em, [2]);
  });
  expect(failure).toMatchObject({ message: expect.stringMatching(/terminat|not queryable/) });
});

it('refuses a statement after its end', async () => {
  let ended: EntityManager | undefined;
  await transaction(orm.em, (em) => Promise.resolve((ended = em)));
  await expect(add.run(ended ?? orm.em, [1])).rejects.toThrow('is over');
});

it('is not cancelled before it has begun, because its statements would run without it', async () => {
  await using proxy = await startStallingProxy(database.url);
  const silent = createOrm({ databaseUrl: proxy.url, poolSize: 1 });
  await send(silent.em.fork(), 'select', []);
  proxy.silence();
  const before = proxy.roundTrips();
  const caller = new AbortController();
  const sent = inCall({ signal: caller.signal }, () =>
    transaction(silent.em, async (em) => {
      const added = add.run(em, [1]);
      setTimeout(() => caller.abort(), 20);
      await added;
    }),
  );
  await expect(sent).rejects.toThrow('does not respond');
  // A cancellation would be another request.
  expect(proxy.roundTrips() - before).toBe(1);
  await silent.close();
});

it('notices a silent server by its begin, long before the limit of the transaction', async () => {
  await using proxy = await startStallingProxy(database.url);
  const limits = { ...CALL_LIMITS, statement: 50, transaction: 600_000 };
  const silent = createOrm({ databaseUrl: proxy.url, poolSize: 1, limits });
  await send(silent.em.fork(), 'select', []);
  proxy.silence();
  await expect(transaction(silent.em, (em) => add.run(em, [1]))).rejects.toThrow('does not respond');
  await silent.close();
});

it('notifies once after the commit, instead of a trigger, and never if nothing was committed', async () => {
  const listener = new pg.Client({ connectionString: database.url });
  await listener.connect();
  const seen: string[] = [];
  listener.on('notification', ({ channel, payload }) => void seen.push(`${channel} ${payload ?? ''}`));
  await listener.query('listen test; listen gatehouse_outbox');
  await transaction(orm.em, async (em) => {
    notifyAfterCommit(em, 'test', 'after');
    notifyAfterCommit(em, 'gatehouse_outbox', '');
    await send(em, 'select 1', []);
    addLate.atCommit(em, [1]);
    addEvent.atCommit(em, []);
  });
  await failureOf((em) => {
    notifyAfterCommit(em, 'test', 'failed');
    throw new Error('expected');
  });
  await other.em.fork().execute(addEvent.text);
  await listener.query('select 1');
  expect(seen).toEqual(['test after', 'gatehouse_outbox ', 'gatehouse_outbox ']);
  await listener.end();
});
