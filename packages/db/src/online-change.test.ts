import { createTestDatabase } from '@gatehouse/testing/database';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillInBatches, requireColumn } from '../migrations/online-change.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
const open: pg.Client[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  for (let i = 0; i < 3; i += 1) {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    open.push(client);
  }
  await run(migration, 'create table thing (id uuid primary key, twice int, once int not null)');
  await run(migration, 'insert into thing select gen_random_uuid(), null, n from generate_series(1, 2000) n');
});
afterAll(async () => {
  for (const client of open) await client.end();
  await database[Symbol.asyncDispose]();
});

const [migration, writer, reader] = [0, 1, 2];

async function run(who: number, sql: string): Promise<unknown[]> {
  const client = open[who];
  if (!client) throw new Error('The client is missing.');
  return (await client.query<object>(sql)).rows;
}

const empty = () => run(reader, 'select from thing where twice is null');

it('fills rows around those that a writer has locked, and those at the end', async () => {
  await run(writer, 'begin; update thing set once = 7 where once <= 3');
  const filled = run(
    migration,
    fillInBatches({ table: 'thing', column: 'twice', set: 'twice = 2 * o.once', owner: 'thing o where o.id = t.id' }),
  );
  await expect.poll(async () => (await empty()).length).toBe(3);
  await run(writer, 'commit');
  await filled;
  expect(await run(reader, 'select from thing where twice is distinct from 2 * once')).toEqual([]);
});

it('makes a column required', async () => {
  for (const sql of requireColumn('thing', 'twice')) await run(migration, sql);
  await expect(run(writer, 'update thing set twice = null')).rejects.toThrow('null value');
});
