import { createTestDatabase } from '@gatehouse/testing/database';
import pg from 'pg';
import { expect, it } from 'vitest';
import { migrate } from './migrate.ts';

/** What the previous release inserts: no portal, and no developer of a credential. */
const PREVIOUS_RELEASE = `
  insert into portal (id, name, slug, settings, created_at, updated_at)
    select gen_random_uuid(), 'Portal', 'portal-' || n, '{}', now(), now() from generate_series(1, 2) n;
  insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
    select gen_random_uuid(), portal.id, n, n, n, n, 'Active', 'builtin', now(), now() from portal, generate_series(1, 5) n;
  insert into application (id, developer_uid, name, created_at, updated_at)
    select gen_random_uuid(), d.id, 'a', now(), now() from developer d, generate_series(1, 40);
  insert into credential (id, application_id, type, name, created_at, updated_at)
    select gen_random_uuid(), a.id, 'key-auth', 'k', now(), now() from application a;
  insert into api_product (id, portal_id, name, type, status, visibility, created_at, updated_at)
    select gen_random_uuid(), id, 'p', 'gateway', 'published', 'public', now(), now() from portal;
  insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
    select gen_random_uuid(), d.id, a.id, p.id, 'subscribed', now()
    from application a join developer d on d.id = a.developer_uid join api_product p on p.portal_id = d.portal_id;
  insert into login_option (id, portal_id, name, provider_type, config, secrets, created_at, updated_at)
    select gen_random_uuid(), id, 'l', 'saml', '{}', '{}', now(), now() from portal;
  insert into identity (id, developer_uid, login_option_id, subject, created_at, last_login_at)
    select gen_random_uuid(), d.id, l.id, d.developer_id, now(), now() from developer d join login_option l using (portal_id);`;

/** Removes what the migration added, without the triggers that keep it. */
const BEFORE_THE_MIGRATION = `
  set session_replication_role = replica;
  alter table application alter portal_id drop not null;
  alter table credential alter portal_id drop not null, alter developer_uid drop not null;
  alter table subscription alter portal_id drop not null;
  alter table identity alter portal_id drop not null;
  update application set portal_id = null;
  update credential set portal_id = null, developer_uid = null;
  update subscription set portal_id = null;
  update identity set portal_id = null;
  delete from mikro_orm_migrations where name = '20261128010000_portal_of_owned';
  set session_replication_role = origin;`;

const OWNERS = `
  select table_name, count(*)::int as n, bool_and(portal_id = owner_portal and developer_uid = owner) as right from (
    select 'application' as table_name, a.portal_id, a.developer_uid, d.portal_id as owner_portal, d.id as owner
      from application a join developer d on d.id = a.developer_uid
    union all
    select 'credential', c.portal_id, c.developer_uid, d.portal_id, d.id
      from credential c join application a on a.id = c.application_id join developer d on d.id = a.developer_uid
    union all
    select 'subscription', s.portal_id, s.developer_uid, d.portal_id, d.id
      from subscription s join developer d on d.id = s.developer_uid
    union all
    select 'identity', i.portal_id, i.developer_uid, d.portal_id, d.id from identity i join developer d on d.id = i.developer_uid
  ) owned group by table_name order by table_name`;

const RIGHT = [
  { table_name: 'application', n: 400, right: true },
  { table_name: 'credential', n: 400, right: true },
  { table_name: 'identity', n: 10, right: true },
  { table_name: 'subscription', n: 400, right: true },
];

it('records of the previous release get the portal of their owner when inserted, and old ones by the migration', async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(PREVIOUS_RELEASE);
    expect((await client.query(OWNERS)).rows).toEqual(RIGHT);
    await client.query(BEFORE_THE_MIGRATION);
    await migrate({ databaseUrl: database.url });
    expect((await client.query(OWNERS)).rows).toEqual(RIGHT);
    await expect(client.query('update application set portal_id = null')).rejects.toThrow('null value');
  } finally {
    await client.end();
  }
});
