import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN, apiTest, type ApiTest } from './testing/api-test.ts';

let gatehouse: ApiTest;
let sql: pg.Client;
let portal: string;

const Problem = z.object({ code: z.string() });
const Portal = z.object({ id: z.string() });
/** More calls than the pool has connections. */
const MANY = 12;

beforeAll(async () => {
  gatehouse = await apiTest();
  sql = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await sql.connect();
  const made = await gatehouse.api('/api/portals', { json: { name: 'Slow', slug: 'slow' } });
  portal = Portal.parse(await made.json()).id;
  // Each read of the delivery log takes a minute.
  await sql.query('alter table email rename to real_email');
  await sql.query('create view email as select r.* from (select pg_sleep(60)) s, real_email r');
});
afterAll(async () => {
  await sql.end();
  await gatehouse[Symbol.asyncDispose]();
});

const slowList = (signal?: AbortSignal) =>
  gatehouse.fetch('/api/emails', {
    headers: { authorization: `Bearer ${ADMIN}` },
    ...(signal ? { signal } : {}),
  });
const sleeping = async () => {
  const { rowCount } = await sql.query(
    `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
  );
  return rowCount;
};

async function secondsOf(call: () => Promise<Response>): Promise<{ status: number; seconds: number }> {
  const begun = performance.now();
  const { status } = await call();
  return { status, seconds: (performance.now() - begun) / 1000 };
}

test('slow lists leave connections to short calls, changes and lists of others, and end with their callers', async () => {
  const other = await gatehouse.token(['portals:read']);
  const gone = new AbortController();
  const callers = Array.from({ length: MANY }, () => slowList(gone.signal).catch(() => undefined));
  await expect.poll(sleeping).toBe(3);
  const one = await secondsOf(() => gatehouse.api(`/api/portals/${portal}`));
  const change = await secondsOf(() =>
    gatehouse.api(`/api/portals/${portal}`, { method: 'PATCH', json: { name: 'Slower' } }),
  );
  const list = await secondsOf(() => gatehouse.api('/api/portals', { token: other }));
  expect([one.status, change.status, list.status]).toEqual([200, 200, 200]);
  expect(Math.max(one.seconds, change.seconds, list.seconds)).toBeLessThan(1.5);
  gone.abort();
  await Promise.all(callers);
  await expect.poll(sleeping, { timeout: 2000 }).toBe(0);
});

test('a list that is too slow or gets no connection is answered 503 within five seconds', async () => {
  const begun = performance.now();
  const answers = await Promise.all(
    Array.from({ length: MANY }, async () => {
      const response = await slowList();
      return {
        status: response.status,
        retry: response.headers.get('retry-after'),
        code: Problem.parse(await response.json()).code,
      };
    }),
  );
  expect((performance.now() - begun) / 1000).toBeLessThan(6);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect(answers.every(({ retry }) => retry !== null)).toBe(true);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['overloaded', 'dependency_down']));
  expect(await sleeping()).toBe(0);
});

test('changes that wait for one lock leave connections to short calls', async () => {
  await sql.query('begin');
  await sql.query('select from portal where id = $1 for update', [portal]);
  const rename = () => gatehouse.api(`/api/portals/${portal}`, { method: 'PATCH', json: { name: 'Waiting' } });
  const changes = Array.from({ length: MANY }, rename);
  await delay(200);
  const one = await secondsOf(() => gatehouse.api(`/api/portals/${portal}`));
  expect(one.status).toBe(200);
  expect(one.seconds).toBeLessThan(1.5);
  expect(new Set((await Promise.all(changes)).map(({ status }) => status))).toEqual(new Set([503]));
  await sql.query('rollback');
  expect((await rename()).status).toBe(200);
});
