import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/database';
import { DatabaseClock } from '@gatehouse/db/database-clock';
import { createOrm } from '@gatehouse/db/orm';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startStallingProxy } from '@gatehouse/testing/stalling-proxy';
import { Revocations } from './revocations.ts';
import { watchRevocations, type Watch } from './watch-revocations.ts';

const INSERT = 'insert into revocation (id, target) values (gen_random_uuid(), $1)';
const WITHOUT_PUSH = 'alter table revocation disable trigger all';

let database: TestDatabase;
let sql: pg.Client;
let open: AsyncDisposableStack;
beforeEach(async () => {
  open = new AsyncDisposableStack();
  database = open.use(await createTestDatabase());
  sql = await connected();
});
afterEach(() => open.disposeAsync());

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  open.defer(() => client.end());
  return client;
}

async function watching(databaseUrl = database.url): Promise<{ revocations: Revocations; watch: Watch }> {
  const revocations = new Revocations();
  const orm = createOrm({ databaseUrl: database.url });
  open.defer(() => orm.close());
  const watch = watchRevocations({ databaseUrl, revocations, clock: new DatabaseClock(orm.em) });
  open.defer(() => watch.stop());
  await expect.poll(() => watch.isCurrent(), { timeout: 5000 }).toBe(true);
  return { revocations, watch };
}

/** How long earlier decisions about the target remain valid, in milliseconds. */
async function timeToEnd(revocations: Revocations, stamp: number, target: string): Promise<number> {
  const begun = performance.now();
  while (revocations.holds(stamp, [target]) && performance.now() - begun < 5000) await delay(2);
  return performance.now() - begun;
}

it('is notified of a revocation when it is committed', async () => {
  const { revocations } = await watching();
  const { stamp } = revocations;
  await sql.query('begin');
  await sql.query(INSERT, ['a']);
  await delay(600);
  expect(revocations.holds(stamp, ['a'])).toBe(true);
  await sql.query('commit');
  expect(await timeToEnd(revocations, stamp, 'a')).toBeLessThan(1000);
  expect(revocations.holds(stamp, ['b'])).toBe(true);
});

it('polls revocations without a notification, also from a long transaction', async () => {
  await sql.query(WITHOUT_PUSH);
  const { revocations } = await watching();
  const { stamp } = revocations;
  const late = await connected();
  await late.query('begin');
  await late.query(INSERT, ['late']);
  for (const target of ['early', 'also early']) {
    await sql.query(INSERT, [target]);
    expect(await timeToEnd(revocations, stamp, target)).toBeLessThan(1000);
  }
  await late.query('commit');
  expect(await timeToEnd(revocations, stamp, 'late')).toBeLessThan(1000);
  expect(revocations.holds(stamp, ['untouched'])).toBe(true);
});

it('applies a revocation once, even if it is read several times', async () => {
  const { revocations } = await watching();
  const late = await connected();
  await late.query('begin');
  await late.query(INSERT, ['late']);
  await sql.query(INSERT, ['a']);
  await delay(700);
  const { stamp } = revocations;
  await delay(700);
  expect(revocations.stamp).toBe(stamp);
  await late.query('rollback');
});

it('distinguishes revocations even if many were written during a long transaction', async () => {
  await sql.query(WITHOUT_PUSH);
  const late = await connected();
  await late.query('begin');
  await late.query(INSERT, ['late']);
  const { revocations } = await watching();
  await sql.query(
    `insert into revocation (id, target) select gen_random_uuid(), 'other ' || n from generate_series(1, 6000) n`,
  );
  await expect.poll(() => revocations.holds(0, ['other 6000']), { timeout: 1000 }).toBe(false);
  const { stamp } = revocations;
  await sql.query(
    `insert into revocation (id, target) select gen_random_uuid(), 'more ' || n from generate_series(1, 6000) n`,
  );
  expect(await timeToEnd(revocations, stamp, 'more 6000')).toBeLessThan(1000);
  const after = revocations.stamp;
  await delay(700);
  expect([revocations.stamp, revocations.holds(stamp, ['untouched'])]).toEqual([after, false]);
  await late.query('rollback');
});

it('is not current while the database does not answer, and then treats everything as revoked', async () => {
  const proxy = open.use(await startStallingProxy(database.url));
  const { revocations, watch } = await watching(proxy.url);
  const { stamp } = revocations;
  proxy.stall();
  const begun = performance.now();
  await expect.poll(() => watch.isCurrent(), { timeout: 3000, interval: 5 }).toBe(false);
  expect(performance.now() - begun).toBeLessThan(1100);
  proxy.resume();
  await expect.poll(() => watch.isCurrent(), { timeout: 5000 }).toBe(true);
  expect(revocations.holds(stamp, ['anything'])).toBe(false);
});
