import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { MIGRATOR, migrate } from './migrate.ts';
import { migrationNames } from './migration-names.ts';
import { createOrm } from './orm.ts';
import { createEmptyDatabase, createTestDatabase } from '@gatehouse/testing/database';

/** Runs SQL in a separate, migrated database. */
async function inDatabase<T extends object>(sql: string): Promise<T[]> {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const FOREIGN_KEYS_WITHOUT_INDEX = `
  select c.conrelid::regclass || '.' || a.attname as column
  from pg_constraint c
  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
  where c.contype = 'f' and not exists (
    select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and i.indpred is null
  )`;

it('has an index on every foreign key (a missing one made a cascade 10,000 times slower)', async () => {
  expect(await inDatabase(FOREIGN_KEYS_WITHOUT_INDEX)).toEqual([]);
});

it('matches the entities', async () => {
  await using database = await createTestDatabase();
  const orm = createOrm({ databaseUrl: database.url });
  try {
    expect((await orm.schema.getUpdateSchemaSQL({ wrap: false })).trim()).toBe('');
  } finally {
    await orm.close();
  }
});

it('keeps the event log append-only', async () => {
  const insert = `insert into event (id, name, actor_kind, resource_type, resource_id, occurred_at)
    values (gen_random_uuid(), 'portal.created', 'system', 'portal', 'x', now());`;
  await expect(inDatabase(`${insert} update event set name = 'other'`)).rejects.toThrow('append-only');
  await expect(inDatabase(`${insert} delete from event`)).rejects.toThrow('append-only');
});

async function migratedTo(databaseUrl: string, last: string): Promise<void> {
  const orm = createOrm({ databaseUrl, migrator: MIGRATOR });
  await orm.migrator.up({ to: last });
  await orm.close();
}

it('replaces an index whose build was interrupted', async () => {
  await using database = await createEmptyDatabase();
  await migratedTo(database.url, '20261127170000_indexes');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`update pg_index set indisvalid = false where indexrelid = 'credential_label_search'::regclass`);
    await client.query(`delete from mikro_orm_migrations where name = '20261127170000_indexes'`);
    await migrate({ databaseUrl: database.url });
    const { rows } = await client.query('select indexrelid::regclass as name from pg_index where not indisvalid');
    expect(rows).toEqual([]);
  } finally {
    await client.end();
  }
});

const OLD_USERNAMES = ['ada\u00AD', 'a\u00ADda', 'bob\u00AD', 'bob', 'eve\u200B', '\u00AD', '\u200B'];

it('removes invisible characters from usernames unless that makes two of them equal', async () => {
  await using database = await createEmptyDatabase();
  await migratedTo(database.url, '20261127170000_indexes');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('drop function short_words(text) cascade');
    await client.query(`delete from mikro_orm_migrations where name ~ '_(text_forms|indexes)$'`);
    await client.query(
      `insert into portal (id, name, slug, settings, created_at, updated_at)
       values (gen_random_uuid(), 'Portal', 'portal', '{}', now(), now())`,
    );
    await client.query(
      `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
       select gen_random_uuid(), portal.id, key, key, key, key, 'Active', 'builtin', now() + n * interval '1 second', now()
       from portal, unnest($1::text[]) with ordinality as old (key, n)`,
      [OLD_USERNAMES],
    );
    await migrate({ databaseUrl: database.url });
    const { rows } = await client.query<{ key: string }>(
      'select username_key as key from developer order by created_at',
    );
    expect(rows.map(({ key }) => key)).toEqual(['ada', 'a\u00ADda', 'bob\u00AD', 'bob', 'eve', '\u00AD', '\u200B']);
  } finally {
    await client.end();
  }
});

it('applies the migrations of all files', () => {
  expect(migrations.map(({ name }) => name)).toEqual(migrationNames());
});

it('is created once by concurrent processes on an empty database', async () => {
  const server = inject('databaseServerUrl');
  const name = `empty_${Math.random().toString(36).slice(2)}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
    const databaseUrl = server.replace(/[^/]+$/, name);
    await Promise.all([migrate({ databaseUrl }), migrate({ databaseUrl }), migrate({ databaseUrl })]);
    const orm = createOrm({ databaseUrl, migrator: MIGRATOR });
    expect(await orm.migrator.getPending()).toEqual([]);
    await orm.close();
    await client.query(`drop database ${name} with (force)`);
  } finally {
    await client.end();
  }
});
