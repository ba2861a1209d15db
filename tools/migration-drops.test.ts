import { MIGRATOR } from '@gatehouse/db/migrate';
import { createOrm } from '@gatehouse/db/orm';
import { Connection } from '@gatehouse/postgres/connection';
import { createEmptyDatabase } from '@gatehouse/testing/database';
import { expect, it } from 'vitest';

/** The last migration of the first release. Later ones run while the release before theirs still works. */
const FIRST_RELEASE = '20261127180000_locale';

type Drops = {
  /** The release that stopped using these objects. The migration belongs to a later release. */
  unusedSince: string | null;
  objects: string[];
};

/** `null`: landed before the rule, while the previous release still used the indexes. Add no further ones. */
const DROPS: Record<string, Drops> = {
  '20261128011000_order_indexes': {
    unusedSince: null,
    objects: [
      'index application_created_at',
      'index application_updated_at',
      'index approval_developer',
      'index approval_operated_at_desc',
      'index credential_created_at',
      'index credential_name',
      'index credential_updated_at',
      'index deletion_portal',
      'index developer_invited',
      'index event_resource',
      'index subscription_api_product',
      'index subscription_developer',
      'index subscription_subscribed_at_asc',
      'index subscription_subscribed_at_desc',
    ],
  },
  '20261128013000_search_terms': {
    unusedSince: null,
    objects: [
      'index api_product_search',
      'index application_label_search',
      'index application_search',
      'index approval_search',
      'index credential_label_search',
      'index credential_search',
      'index developer_search',
      'index portal_search',
    ],
  },
  '20261128100000_rare_characters': {
    unusedSince: null,
    objects: [
      'index application_label_short_words',
      'index application_short_words',
      'index approval_short_words',
      'index credential_label_short_words',
      'index credential_short_words',
      'index developer_short_words',
    ],
  },
};

const OBJECTS = `
  with relation as (
    select c.oid, relname, relkind from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname in ('public', 'history')
  )
  select 'table ' || relname as name from relation where relkind in ('r', 'p')
  union select 'index ' || relname from relation where relkind in ('i', 'I')
  union select 'column ' || relname || '.' || attname from relation join pg_attribute on attrelid = oid
    where relkind in ('r', 'p') and attnum > 0 and not attisdropped`;

it('drops nothing that the previous release uses', async () => {
  await using database = await createEmptyDatabase();
  const orm = createOrm({ databaseUrl: database.url, limits: null, migrator: MIGRATOR });
  const connection = new Connection({ databaseUrl: database.url, name: 'test', limits: null });
  await connection.connect();
  const objects = async (): Promise<Set<string>> =>
    new Set((await connection.query<{ name: string }>(OBJECTS)).rows.map(({ name }) => name));

  await orm.migrator.up({ to: FIRST_RELEASE });
  const dropped: Record<string, string[]> = {};
  for (const { name } of await orm.migrator.getPending()) {
    const before = await objects();
    await orm.migrator.up({ migrations: [name] });
    const after = await objects();
    const lost = [...before].filter((object) => !after.has(object)).toSorted();
    if (lost.length > 0) dropped[name] = lost;
  }
  await connection.end();
  await orm.close();
  expect(dropped).toEqual(Object.fromEntries(Object.entries(DROPS).map(([name, { objects }]) => [name, objects])));
});
