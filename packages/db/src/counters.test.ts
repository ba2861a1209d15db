import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/database';
import { COUNTED_TABLES, type Difference, findDifferences, repairCounters } from './counters.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(PORTALS);
});
afterAll(async () => {
  await client.end();
  await database[Symbol.asyncDispose]();
});

const PORTALS = `insert into portal (id, name, slug, settings, created_at, updated_at)
  select gen_random_uuid(), n, n, '{}', now(), now() from generate_series(1, 2) as n`;

const DEVELOPERS = `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
  select gen_random_uuid(), portal_id, key, key, key, key, (array['Pending', 'Active', 'Suspended'])[1 + n % 3],
    (array['builtin', 'sso'])[1 + n % 2], now(), now()
  from (select portal.id as portal_id, n, gen_random_uuid()::text as key from portal, generate_series(1, 300) as n) as made`;

async function differences(): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const table of COUNTED_TABLES) found.push(...(await findDifferences(client, table)));
  return found;
}

it('follows bulk inserts, updates of the key and of other columns, and deletes', async () => {
  await client.query(DEVELOPERS);
  expect(await differences()).toEqual([]);
  await client.query(`update developer set state = 'Active', name = 'other' where state <> 'Suspended'`);
  expect(await differences()).toEqual([]);
  await client.query(`update developer set left_at = now() where provider = 'sso'`);
  expect(await differences()).toEqual([]);
  await client.query(`delete from developer where state = 'Active'`);
  expect(await differences()).toEqual([]);
  const { rows } = await client.query(`select sum(n)::int as total from developer_count`);
  expect(rows).toEqual([{ total: 100 }]);
});

it('refuses to truncate a counted table, also by cascade', async () => {
  for (const tables of ['developer cascade', 'portal cascade'])
    await expect(client.query(`truncate ${tables}`)).rejects.toMatchObject({
      message: 'truncating "developer" would make its totals wrong',
      hint: expect.stringContaining('counters:check'),
    });
});

it('finds what a session without triggers changed, and repairs it', async () => {
  await client.query(`begin; set local session_replication_role = replica; ${DEVELOPERS}; commit`);
  expect(await differences()).toHaveLength(12);
  for (const table of COUNTED_TABLES) await repairCounters(client, table);
  expect(await differences()).toEqual([]);
  await client.query('delete from developer');
  expect(await differences()).toEqual([]);
});

it('counts the rows that existed before the counters, once', async () => {
  await client.query(DEVELOPERS);
  await client.query('drop table developer_count; drop function count_developer cascade');
  for (let n = 0; n < 2; n += 1) {
    await client.query(`delete from mikro_orm_migrations where name ~ '_count_'`);
    await migrate({ databaseUrl: database.url });
    expect(await differences()).toEqual([]);
  }
});
