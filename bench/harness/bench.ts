import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { compare, type Comparison, type Meter, type Side } from './measure.ts';
import type { Request } from './load.ts';
import { figuresOf, type Row } from './table.ts';

/** How much is measured. */
export type Size = {
  developers: number;
  /** Slices of each side. */
  rounds: number;
  /** Length of a slice. */
  seconds: number;
  /** Scales the number of changes that a case makes, from 0 to 1. */
  share: number;
};

/** What every case works with: one loaded database, and the process that makes requests. */
export type Bench = Meter & {
  size: Size;
  /** Of the server, without a database name that matters. */
  serverUrl: string;
  /** The loaded database. */
  databaseUrl: string;
  database: pg.Pool;
  scratch: string;
  say: (line: string) => void;
};

/** `about` completes the help. */
export type BenchCase = { name: string; about: string; run(bench: Bench): Promise<Row[]> };

export const CALLERS = 32;

/** Writes the requests to a file for the process that makes them. */
export function requestFile({ scratch }: Bench, name: string, requests: readonly Request[]): string {
  const file = join(scratch, `${name}.requests.json`);
  writeFileSync(file, JSON.stringify(requests));
  return file;
}

/** The number of changes of a case: `full` in a full run, and at least 4. */
export const scaled = ({ size }: Bench, full: number): number => Math.max(4, Math.round(full * size.share));

/**
 * `share` of the floor is required in requests and in CPU, `cpu` only in CPU, `or` instead of a share of the floor: a
 * share of another row. The 99th percentile must not exceed `p99` milliseconds or this multiple of the floor's.
 */
export type Aim = { share?: number; cpu?: number; or?: { row: Row; share: number }; p99?: number; p99OfFloor?: number };

/** If CPU cannot be measured (NaN), only requests count. */
function meets({ rate, cpu, ours, floor }: Comparison, aim: Aim): boolean {
  const { share = 0, cpu: cpuShare = share, or, p99 = Infinity, p99OfFloor = Infinity } = aim;
  const isFastEnough = rate >= share && !(cpu < cpuShare);
  const isAsFast = or !== undefined && ours.perSecond >= or.share * (or.row.ours ?? Infinity);
  return (isFastEnough || isAsFast) && ours.p99 <= p99 && ours.p99 <= p99OfFloor * floor.p99;
}

const wordsOf = ({ share, cpu, or, p99, p99OfFloor }: Aim): string =>
  [
    ...(or ? [`≥ ${or.share.toFixed(2)} of “${or.row.what}”, or`] : []),
    ...(share === undefined ? [] : [`≥ ${share.toFixed(2)}`]),
    ...(cpu === undefined ? [] : [`CPU ≥ ${cpu.toFixed(2)}`]),
    ...(p99 === undefined ? [] : [`p99 ≤ ${String(p99)} ms`]),
    ...(p99OfFloor === undefined ? [] : [`p99 ≤ ${String(p99OfFloor)} × floor`]),
  ]
    .join(', ')
    .replace('or,', 'or');

type Compared = { bar: string; what: string; ours: Side; floor: Side; aim?: Aim };

/** Compares both sides and judges the result. */
export async function compareRow(bench: Bench, { bar, what, ours, floor, aim }: Compared): Promise<Row> {
  bench.say(`${what}, callers: ${String(ours.job.callers)}…`);
  const comparison = await compare(bench, ours, floor);
  const row = { bar, what, callers: ours.job.callers, ...figuresOf(comparison) };
  return aim ? { ...row, aim: wordsOf(aim), met: meets(comparison, aim) } : row;
}

/** The load of a slice: random requests of a file by 32 callers. */
export const slice = ({ size }: Bench, file: string, callers = CALLERS): Side['job'] => ({
  file,
  order: 'random',
  callers,
  seconds: size.seconds,
});
