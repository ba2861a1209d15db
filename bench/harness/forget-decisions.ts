import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

const WATCHES = `select pid from pg_stat_activity where application_name = 'gatehouse-revocations'
  and datname = current_database() and pid <> all($1::int[])`;

/** Milliseconds after which the first statements of a new connection have been answered. */
const SETTLED = 100;

/** Empties the decision cache of every process on this database, by ending the connection that keeps the cache current. */
export async function forgetDecisions(database: pg.Pool): Promise<void> {
  const watchesBut = async (others: number[]): Promise<number[]> => {
    const { rows } = await database.query<{ pid: number }>(WATCHES, [others]);
    return rows.map(({ pid }) => pid);
  };
  const old = await watchesBut([]);
  await database.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [old]);
  while ((await watchesBut(old)).length < old.length) await delay(20);
  await delay(SETTLED);
}
