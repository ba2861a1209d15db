import type pg from 'pg';
import { PORTALS } from '../data/ids.ts';

type Owners = { prefix: string; count: number; applications: number };

/**
 * Developers of the medium portal for a case to delete. Each owns this many applications with a credential, a key and a
 * subscription. Returns their ids.
 */
export async function insertOwners(database: pg.Pool, { prefix, count, applications }: Owners): Promise<string[]> {
  const owned = `from developer d, generate_series(1, ${String(applications)}) n where d.username_key like '${prefix}%' and d.left_at is null`;
  await database.query(
    `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
     select uuidv7(), $1, '${prefix}' || n, '${prefix}' || n, '${prefix}' || n, 'Bench', 'Active', 'builtin', now(), now()
     from generate_series(1, $2::int) n`,
    [PORTALS.medium, count],
  );
  await database.query(
    `with app as (
       insert into application (id, developer_uid, portal_id, name, created_at, updated_at)
       select uuidv7(), d.id, d.portal_id, 'bench', now(), now() ${owned} returning *),
     cred as (
       insert into credential (id, application_id, developer_uid, portal_id, type, name, created_at, updated_at)
       select uuidv7(), app.id, app.developer_uid, app.portal_id, 'key-auth', 'bench', now(), now() from app returning *),
     key as (insert into credential_key (hash, credential_id) select encode(sha256(id::text::bytea), 'hex'), id from cred)
     insert into subscription (id, developer_uid, portal_id, application_id, api_product_id, status, subscribed_at, created_at)
     select uuidv7(), app.developer_uid, app.portal_id, app.id, product.id, 'subscribed', now(), now()
     from app, (select id from api_product where portal_id = $1 order by id limit 1) product`,
    [PORTALS.medium],
  );
  await database.query('analyze developer, application, credential, credential_key, subscription');
  const { rows } = await database.query<{ developer_id: string }>(
    `select developer_id from developer where username_key like '${prefix}%' and left_at is null`,
  );
  return rows.map(({ developer_id }) => developer_id);
}

/**
 * Waits until the developers with this prefix, who have left, are erased, or for this many seconds. Returns how many are
 * left. An index has the few who have left, so that asking costs the worker nothing.
 */
export async function untilErased(database: pg.Pool, prefix: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const { rows } = await database.query<{ n: number }>(
      `select count(*)::int as n from developer where portal_id = $1 and left_at is not null and username_key like '${prefix}%'`,
      [PORTALS.medium],
    );
    const left = rows[0]?.n ?? 0;
    if (left === 0 || performance.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
