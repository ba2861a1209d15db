import type { CoreTest } from './core-test.ts';

type Owner = { portal_id: string; developer_id: string; uid: string; applications: number; perApplication: number };

/**
 * Inserts applications of a developer by SQL, each with an event, its context, credentials, subscriptions and pending
 * approvals. All credentials have a key except two, which have a login.
 */
export async function fillDeveloper({ rows }: Pick<CoreTest, 'rows'>, owner: Owner): Promise<void> {
  const { portal_id, developer_id, uid, applications, perApplication } = owner;
  await rows(
    `insert into api_product (id, portal_id, name, type, status, visibility, created_at, updated_at)
     select gen_random_uuid(), ?, 'product ' || n, 'gateway', 'published', 'public', now(), now() from generate_series(1, ?::int) n returning 1`,
    [portal_id, perApplication],
  );
  await rows(
    `insert into application (id, developer_uid, name, created_at, updated_at)
     select gen_random_uuid(), ?, 'app ' || n, now(), now() from generate_series(1, ?::int) n returning 1`,
    [uid, applications],
  );
  await rows(
    `insert into credential (id, application_id, type, name, created_at, updated_at)
     select gen_random_uuid(), a.id, 'key-auth', 'key ' || n, now(), now() from application a, generate_series(1, ?::int) n where a.developer_uid = ? returning 1`,
    [perApplication, uid],
  );
  await rows(
    `insert into session (id, developer_uid, token_hash, created_at, last_used_at, expires_at)
     values (gen_random_uuid(), ?, gen_random_uuid()::text, now(), now(), now()) returning 1`,
    [uid],
  );
  await fillSecrets({ rows }, owner);
  await rows(
    `with made as (insert into event (id, name, actor_kind, actor_id, portal_id, resource_type, resource_id, occurred_at)
       select gen_random_uuid(), 'application.created', 'developer', ?, ?, 'application', a.id::text, now() from application a where a.developer_uid = ? returning *)
     insert into event_context (event_id, developer_uid, portal_id, address, user_agent, occurred_at)
     select id, ?, portal_id, '192.0.2.7', 'test', occurred_at from made returning 1`,
    [developer_id, portal_id, uid, uid],
  );
  await rows(
    `insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
     select gen_random_uuid(), a.developer_uid, a.id, p.id, 'wait_for_approval', now()
     from application a, (select id from api_product where portal_id = ? order by created_at desc limit ?) p where a.developer_uid = ? returning 1`,
    [portal_id, perApplication, uid],
  );
  await rows(
    `insert into approval (id, portal_id, developer_uid, subscription_id, event, status, resource_type, resource_id, resource_name, applicant_id, applicant_name, applied_at, created_at, updated_at)
     select gen_random_uuid(), ?, s.developer_uid, s.id, 'api_product_subscription', 'pending', 'api_product', s.api_product_id::text, 'product', ?, 'name', now(), now(), now()
     from subscription s where s.developer_uid = ? returning 1`,
    [portal_id, developer_id, uid],
  );
}

async function fillSecrets({ rows }: Pick<CoreTest, 'rows'>, { portal_id, uid }: Owner): Promise<void> {
  await rows(
    `update credential set type = 'basic-auth', username = id::text where id in
     (select c.id from credential c join application a on a.id = c.application_id where a.developer_uid = ? limit 2) returning 1`,
    [uid],
  );
  await rows(
    `insert into credential_login (id, credential_id, portal_id, username, password_hash)
     select gen_random_uuid(), c.id, ?, c.username, 'none'
     from credential c join application a on a.id = c.application_id where a.developer_uid = ? and c.type = 'basic-auth' returning 1`,
    [portal_id, uid],
  );
  await rows(
    `insert into credential_key (hash, credential_id) select encode(sha256(c.id::text::bytea), 'hex'), c.id
     from credential c join application a on a.id = c.application_id where a.developer_uid = ? and c.type = 'key-auth' returning 1`,
    [uid],
  );
}

type ForeignKey = { child: string; child_column: string };

const REFERENCES = `select c.conrelid::regclass::text as child, a.attname as child_column
  from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
  where c.contype = 'f' and c.confrelid = ?::regclass`;

/** The remaining rows of a record: itself, and all rows that refer to it by a foreign key. */
export async function rowsOf(
  { rows }: Pick<CoreTest, 'rows'>,
  table: string,
  id: string,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const look = async (name: string, column: string): Promise<void> => {
    const [row] = await rows<{ n: string }>(`select count(*) as n from ${name} where ${column} = ?`, [id]);
    if (Number(row?.n) > 0) found[`${name}.${column}`] = Number(row?.n);
  };
  await look(table, 'id');
  for (const { child, child_column } of await rows<ForeignKey>(REFERENCES, [table])) await look(child, child_column);
  return found;
}
