import { readFileSync } from 'node:fs';
import type pg from 'pg';

/** /proc counts in hundredths of a second on every Linux (USER_HZ). */
const MICROSECONDS_PER_TICK = 10_000;

/** Microseconds of CPU that all threads of a process have used, in user and kernel mode. NaN without /proc. */
export function cpuOf(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** The same for a PostgreSQL server and all processes that it has started, including those that have ended. */
export function cpuOfPostgres(postmaster: number): number {
  const fields = fieldsOf(postmaster);
  const ended = (Number(fields[13]) + Number(fields[14])) * MICROSECONDS_PER_TICK;
  return [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + cpuOf(pid), ended);
}

/** Resident memory of a process in MB. NaN without /proc. */
export const memoryOf = (pid: number): number => statusOf(pid, 'VmRSS');

const statusOf = (pid: number, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${String(pid)}/status`))?.[1] ?? NaN) / 1024;

/** The parent of all other processes of the server. */
export async function postmasterOf(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ pid: number }>(
    `select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid`,
  );
  return rows[0]?.pid ?? 0;
}

/** The fields of /proc/<pid>/stat from the third (the state) on. The name before it can contain spaces and parentheses. */
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
