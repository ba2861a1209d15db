import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { migrate } from './migrate.ts';
import { createOrm } from './orm.ts';
import { rowsOf } from './statement.ts';
import { createTestDatabase } from '@gatehouse/testing/database';

test('replaces connections that were dropped in the middle of a transaction', async () => {
  await using database = await createTestDatabase();
  const orm = createOrm({ databaseUrl: database.url, poolSize: 2 });
  const dropped = () =>
    orm.em.fork().transactional((em) => em.execute('select pg_terminate_backend(pg_backend_pid())'));
  for (let n = 0; n < 5; n += 1) await expect(dropped()).rejects.toThrow(/terminat/);
  expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]);
  await orm.close();
});

test('closes its connections, even if the ORM itself has used none', async () => {
  await using database = await createTestDatabase();
  const orm = createOrm({ databaseUrl: database.url, name: 'closing' });
  await rowsOf(orm.em, { row: z.object({}), sql: 'select', params: [], prepare: false });
  await orm.close();
  const others = `select from pg_stat_activity where application_name = 'closing'`;
  const observer = new pg.Client({ connectionString: database.url });
  await observer.connect();
  await expect.poll(async () => (await observer.query(others)).rowCount).toBe(0);
  await observer.end();
});

test('migrates as a role that cannot create databases, and creates none', async () => {
  await using database = await createTestDatabase();
  const role = `plain_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const databases = async () => (await admin.query<{ datname: string }>('select datname from pg_database')).rows;
  await admin.query(`create role ${role} login password 'plain'`);
  await admin.query(`create database ${role} owner ${role}`);
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: 'plain', pathname: `/${role}` });
  try {
    await migrate({ databaseUrl: url.href });
    expect(JSON.stringify(await databases())).not.toContain('unused');
  } finally {
    await admin.query(`drop database if exists ${role} with (force)`);
    await admin.query(`drop role ${role}`);
    await admin.end();
  }
});
