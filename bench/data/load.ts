import { DEFAULT_API_PRODUCT_AUTH } from '@gatehouse/contract/api-product';
import { DEFAULT_PORTAL_SETTINGS } from '@gatehouse/contract/portal';
import { sha256 } from '@gatehouse/core/crypto/secret';
import pg from 'pg';
import { PORTAL_TOKEN, PORTALS, PRODUCT } from './ids.ts';
import { keyAt, knownKeys } from './keys.ts';
import { persons, type Table, tablesOf } from './tables.ts';
import { FUNCTIONS } from './words.ts';

type Options = { databaseUrl: string; developers: number; say: (line: string) => void };

/** Rows per statement. */
const BATCH = 100_000;

/** Fills a migrated, empty database. `developers` is a multiple of 100. */
export async function loadData({ databaseUrl, developers, say }: Options): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`set maintenance_work_mem = '512MB'; set work_mem = '128MB'; set synchronous_commit = off`);
    await client.query(FUNCTIONS);
    await insertPortals(client);
    await client.query(persons(developers));
    await client.query('create unique index on person (n); create index on person (id); analyze person');
    await insertKnownKeys(client, developers);
    const tables = Map.groupBy(tablesOf(developers), ({ name }) => name);
    for (const [name, parts] of tables) await timed(`${name}…`, say, () => fillTable(client, name, parts));
    await timed('vacuum analyze…', say, () => client.query('vacuum analyze'));
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

async function timed(what: string, say: Options['say'], work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await work();
  say(`${what} ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

async function insertPortals(client: pg.Client): Promise<void> {
  const settings = { ...DEFAULT_PORTAL_SETTINGS, retention_days: 3650 };
  for (const [slug, id] of Object.entries(PORTALS)) {
    await client.query(
      `insert into portal (id, name, slug, settings, created_at, updated_at) values ($1, initcap($2), $2, $3, now(), now())`,
      [id, slug, settings],
    );
    await client.query(
      `insert into login_option (id, portal_id, name, provider_type, config, secrets, created_at, updated_at)
       values (gen_random_uuid(), $1, 'Password', 'built_in', '{}', '{}', now(), now())`,
      [id],
    );
  }
  const product = `insert into api_product (id, portal_id, name, type, status, visibility, auth, created_at, updated_at)`;
  await client.query(`${product} values ($1, $2, 'Payments', 'gateway', 'published', 'public', $3, now(), now())`, [
    PRODUCT,
    PORTALS.large,
    DEFAULT_API_PRODUCT_AUTH,
  ]);
  await client.query(
    `${product} select pg_temp.row_id(8, now(), row_number() over ()), portal.id, initcap(pg_temp.topic(n, 50)) || ' ' || n, 'gateway', 'published',
       'public', $1, now(), now() from portal, generate_series(1, 20) n`,
    [DEFAULT_API_PRODUCT_AUTH],
  );
  await client.query(
    `insert into token (id, kind, name, portal_id, scopes, prefix, hash, created_at)
     values (gen_random_uuid(), 'portal', 'bench', $1, '["*"]', 'gth_portal_bench', $2, now())`,
    [PORTALS.large, sha256(PORTAL_TOKEN)],
  );
}

/** Chooses the owners of the known keys: active developers of the large portal, evenly spread. */
async function insertKnownKeys(client: pg.Client, developers: number): Promise<void> {
  const hashes = Array.from({ length: knownKeys(developers) }, (_, at) => sha256(keyAt(at)));
  await client.query(
    `create temporary table known_key as
     select n, hash from unnest($1::text[]) with ordinality known(hash, at)
     join (select n, row_number() over (order by n) as at from
       (select n, row_number() over (order by n) as at, count(*) over () / $2 as step from person
        where portal_id = '${PORTALS.large}' and state = 'Active') active
       where active.at % step = 0 limit $2) spread using (at)`,
    [hashes, hashes.length],
  );
  await client.query('create unique index on known_key (n); analyze known_key');
}

/**
 * Inserts the rows without foreign key checks, and builds the indexes afterwards, in one transaction: both take less than
 * half the time. The indexes are the same as before. Counting triggers run.
 */
async function fillTable(client: pg.Client, name: string, parts: readonly Table[]): Promise<void> {
  await client.query('begin');
  await client.query(checks('disable', name));
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(INDEXES, [name]);
  for (const index of indexes) await client.query(`drop index ${index.name}`);
  for (const { rows, select } of parts) {
    const columns = await columnsOf(client, name, select);
    for (let from = 0; from < rows; from += BATCH) {
      const to = Math.min(from + BATCH, rows) - 1;
      await client.query(
        `with n as materialized (select generate_series(${String(from)}, ${String(to)}::bigint) as n)
         insert into ${name} (${columns}) select ${columns} from (${select}) made`,
      );
    }
  }
  for (const index of indexes) await client.query(index.definition);
  await client.query(checks('enable', name));
  await client.query('commit');
}

/** Indexes without a constraint, of a table without partitions. */
const INDEXES = `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
  where indrelid = (select oid from pg_class where oid = $1::regclass and relkind = 'r')
    and not exists (select from pg_constraint where conindid = indexrelid and conrelid = indrelid)`;

/** The checks that a referenced row exists, of a table without partitions. */
const checks = (verb: 'enable' | 'disable', table: string): string => `do $do$ declare name text; begin
  for name in select tgname from pg_trigger join pg_class on pg_class.oid = tgrelid
    where tgrelid = '${table}'::regclass and relkind = 'r' and tgname like 'RI_ConstraintTrigger_c%'
  loop execute format('alter table ${table} ${verb} trigger %I', name); end loop;
end $do$`;

/** Those columns of a select that the table has: older schemas lack some. */
async function columnsOf(client: pg.Client, name: string, select: string): Promise<string> {
  const { fields } = await client.query(`with n as (select 0::bigint as n) select * from (${select}) made limit 0`);
  const { rows } = await client.query<{ attname: string }>(
    `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [name],
  );
  const known = new Set(rows.map(({ attname }) => attname));
  return fields.flatMap((field) => (known.has(field.name) ? [`"${field.name}"`] : [])).join(', ');
}
