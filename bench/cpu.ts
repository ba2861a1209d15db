import { readFileSync } from 'node:fs';
import type pg from 'pg';

/** Of /proc: hundredths of a second on every Linux (USER_HZ). */
const MICROSECONDS_PER_TICK = 10_000;

/** Microseconds of CPU, in user and kernel mode, that a process has used with all its threads. NaN where no /proc is. */
export function cpuOf(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** The same for a PostgreSQL: of the server and of every process that it has started, also those that have ended. */
export function cpuOfPostgres(postmaster: number): number {
  const fields = fieldsOf(postmaster);
  const ended = (Number(fields[13]) + Number(fields[14])) * MICROSECONDS_PER_TICK;
  return [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + cpuOf(pid), ended);
}

/** The process that all others of the server come from. */
export async function postmasterOf(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ pid: number }>(
    `select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid`,
  );
  return rows[0]?.pid ?? 0;
}

/** Of /proc/<pid>/stat, from the state (the third) on: the name before it may hold anything. */
function fieldsOf(pid: number): string[] {
  const stat = read(`/proc/${String(pid)}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const childrenOf = (pid: number): number[] =>
  read(`/proc/${String(pid)}/task/${String(pid)}/children`)
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
