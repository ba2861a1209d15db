import type { Connection } from '@gatehouse/postgres/connection';

/** The counted tables, with the columns whose combinations are counted and the rows that count. */
const COUNTERS = {
  application: { keys: ['portal_id'], where: 'portal_id is not null' },
  approval: { keys: ['portal_id', 'event', 'status'], where: 'true' },
  credential: { keys: ['portal_id'], where: 'portal_id is not null' },
  developer: { keys: ['portal_id', 'state', 'provider'], where: 'left_at is null' },
  subscription: { keys: ['api_product_id', 'status'], where: 'true' },
};

export type CountedTable = keyof typeof COUNTERS;
export const COUNTED_TABLES: readonly CountedTable[] = [
  'application',
  'approval',
  'credential',
  'developer',
  'subscription',
];

/** `packages/db/migrations/count-rows.ts` describes them. */
export const COUNTER_TABLES = COUNTED_TABLES.map((table) => `${table}_count`);

/** No trigger changes this slot, so a repair and a writer never wait for each other. */
const REPAIRED_SLOT = 16;

/** One snapshot sees the same transactions in the rows as in the counters, so writers can go on meanwhile. */
function differencesIn(table: CountedTable): string {
  const { keys, where } = COUNTERS[table];
  const columns = keys.join(', ');
  return `select ${columns}, sum(counted)::bigint as counted, sum(exact)::bigint as exact from (
      select ${columns}, 0 as counted, count(*) as exact from ${table} where ${where} group by ${columns}
      union all select ${columns}, n, 0 from ${table}_count) as sides
    group by ${columns} having sum(counted) <> sum(exact) order by ${columns}`;
}

export type Difference = Record<string, string>;
type Database = Pick<Connection, 'query'>;

/** The counters that differ from the rows: the columns of the key, `counted` and `exact`. */
export async function findDifferences(database: Database, table: CountedTable): Promise<Difference[]> {
  const { rows } = await database.query<Difference>(differencesIn(table));
  return rows;
}

/** Returns the number of counters that it corrected. Requires the maintenance lock: two at once would correct twice. */
export async function repairCounters(database: Database, table: CountedTable): Promise<number> {
  const columns = COUNTERS[table].keys.join(', ');
  const { rowCount } = await database.query(
    `insert into ${table}_count as c select ${columns}, ${REPAIRED_SLOT}, exact - counted from (${differencesIn(table)}) as found
     on conflict (${columns}, slot) do update set n = c.n + excluded.n`,
  );
  return rowCount ?? 0;
}
