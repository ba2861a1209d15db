import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@gatehouse/postgres/connection';
import {
  idFrom,
  monthAfter,
  type PartitionedTable,
  PARTITIONED,
  type Retention,
  timeOf,
} from './partitioned-tables.ts';

type Options = Pick<ConnectionOptions, 'databaseUrl' | 'limits'> & { now: Date; retention: Retention };

type Outcome = {
  /** Partitions. */
  dropped: string[];
  /** Tables whose default partition keeps all rows, because one of its ids has a wrong time. */
  postponed: string[];
};

const NAME = 'gatehouse-partitions';
/** Milliseconds between two attempts to get a lock, in which the calls that waited go on. */
const PAUSE = 250;
const ATTEMPTS = 40;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Gives each month its partition, and drops partitions after their retention. Needs the owner of the tables. Does nothing
 * while another process does it.
 */
export async function keepPartitions({ now, retention, ...to }: Options): Promise<Outcome> {
  const connection = new Connection({ ...to, name: NAME });
  await connection.connect();
  try {
    const take = `select pg_try_advisory_lock(hashtext('gatehouse:partitions')) as taken`;
    const { rows } = await connection.query<{ taken: boolean }>(take);
    const outcome: Outcome = { dropped: [], postponed: [] };
    if (rows[0]?.taken !== true) return outcome;
    for (const table of PARTITIONED) {
      if (!(await beginMonth(connection, table, now))) outcome.postponed.push(table.name);
      outcome.dropped.push(...(await dropExpired(connection, table, { now, months: retention[table.kept] })));
    }
    return outcome;
  } finally {
    await connection.end();
  }
}

type Partition = {
  name: string;
  /** The end of its range. Null for the default partition. */
  until: string | null;
};

/** In the order of their ranges, the default partition last. */
async function partitionsOf(connection: Connection, table: string): Promise<Partition[]> {
  const { rows } = await connection.query<Partition>(
    `select 'history.' || quote_ident(relname) as name, substring(pg_get_expr(relpartbound, oid) from $$TO \\('(.*)'\\)$$) as until
     from pg_inherits join pg_class on oid = inhrelid where inhparent = $1::regclass order by until`,
    [table],
  );
  return rows;
}

/**
 * New rows of a month without a partition go to the default partition. It becomes the partition of that month, and an
 * empty one takes its place. Rows stay where they are. Returns false if a row prevents that.
 */
async function beginMonth(connection: Connection, table: PartitionedTable, now: Date): Promise<boolean> {
  const { name, key } = table;
  const partitions = await partitionsOf(connection, name);
  const from = partitions.findLast(({ until }) => until !== null)?.until ?? null;
  const current = partitions.at(-1);
  if (!current || current.until !== null || (from !== null && timeOf(from) > now)) return true;
  const month = { partition: current.name, from, until: idFrom(monthAfter(now)) };
  const { partition, until } = month;
  const outside = `${key} >= '${until}'${from === null ? '' : ` or ${key} < '${from}'`}`;
  const strays = await connection.query(`select from ${partition} where ${outside} limit 1`);
  if (strays.rows.length > 0) return false;
  // `attach partition` reads no row if a constraint promises that all of them fit.
  await briefly(connection, [
    `alter table ${partition} drop constraint if exists of_month`,
    `alter table ${partition} add constraint of_month check (not (${outside})) not valid`,
  ]);
  await connection.query(`alter table ${partition} validate constraint of_month`);
  await briefly(connection, closeMonth(table, month));
  return true;
}

type Month = { partition: string; from: string | null; until: string };

function closeMonth({ name, references, unique }: PartitionedTable, { partition, from, until }: Month): string[] {
  const next = `history.${name}_${timeOf(until).toISOString().slice(0, 7).replace('-', '_')}`;
  return [
    // Attaching replaces triggers on these tables. Calls lock them first, too.
    ...references.map((table) => `lock table ${table} in access exclusive mode`),
    `lock table ${name} in access exclusive mode`,
    `alter table ${name} detach partition ${partition}`,
    `alter table ${name} attach partition ${partition} for values from (${from === null ? 'minvalue' : `'${from}'`}) to ('${until}')`,
    `alter table ${partition} drop constraint of_month`,
    `create table ${next} partition of ${name} default`,
    ...(unique === undefined ? [] : [`create unique index on ${next} (${unique})`]),
  ];
}

type Expiry = { now: Date; months: number | null };

/** Drops the partitions whose rows are all past their retention, and returns their names. */
async function dropExpired(connection: Connection, table: PartitionedTable, { now, months }: Expiry) {
  const before = new Date(now);
  before.setUTCMonth(before.getUTCMonth() - (months ?? 0));
  const dropped: string[] = [];
  for (const { name, until } of await partitionsOf(connection, table.name)) {
    if (until === null || timeOf(until) > before) break;
    const needed = `select ${table.needed({ partition: name, until, before: months === null ? null : before })} as needed`;
    const isNeeded = async () => (await connection.query<{ needed: boolean }>(needed)).rows[0]?.needed !== false;
    if (await isNeeded()) continue;
    // Asked again under the lock, because a failed mail can be sent again at any time.
    const isGone = await briefly(connection, [`lock table ${table.name} in access exclusive mode`], async () => {
      if (await isNeeded()) return false;
      await connection.query(`drop table ${name}`);
      return true;
    });
    if (isGone) dropped.push(name);
  }
  return dropped;
}

/**
 * Runs the statements in one transaction. Calls wait behind a lock that waits, so an attempt that does not get its locks at
 * once releases all of them and is repeated later.
 */
async function briefly<T>(
  connection: Connection,
  statements: string[],
  last?: () => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    await connection.query('begin');
    try {
      await connection.query([`set local lock_timeout = '50ms'`, ...statements].join('; '));
      const result = await last?.();
      await connection.query('commit');
      return result;
    } catch (error) {
      await connection.query('rollback');
      const isLocked = error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
      if (!isLocked || attempt === ATTEMPTS) throw error;
    }
    await sleep(PAUSE);
  }
}
