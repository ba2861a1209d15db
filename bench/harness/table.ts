import { z } from 'zod';
import type { Comparison, Measurement } from './measure.ts';

/** One line of the results, as text. Undefined fields were not measured. */
export const Row = z.strictObject({
  /** The number of the requirement; empty for a figure without one. */
  bar: z.string(),
  what: z.string(),
  callers: z.number().optional(),
  ours: z.number().optional(),
  floor: z.number().optional(),
  rate: z.number().optional(),
  /** CPU per request: of the server and of PostgreSQL. */
  oursCpu: z.tuple([z.number(), z.number()]).optional(),
  floorCpu: z.tuple([z.number(), z.number()]).optional(),
  cpu: z.number().optional(),
  p50: z.number().optional(),
  p99: z.number().optional(),
  floorP99: z.number().optional(),
  max: z.number().optional(),
  memory: z.number().optional(),
  /** The required value; undefined without a requirement. */
  aim: z.string().optional(),
  met: z.boolean().optional(),
});
export type Row = z.infer<typeof Row>;

/** What a comparison contributes to a row. */
export const figuresOf = ({ ours, floor, rate, cpu }: Comparison) => ({
  ...sideOf(ours),
  floor: floor.perSecond,
  rate,
  floorCpu: cpuOf(floor),
  cpu,
  floorP99: floor.p99,
});

export const sideOf = (ours: Measurement) => ({
  ours: ours.perSecond,
  oursCpu: cpuOf(ours),
  p50: ours.p50,
  p99: ours.p99,
  max: ours.max,
  memory: ours.memory,
});

const cpuOf = ({ appCpu, databaseCpu }: Measurement): [number, number] => [appCpu, databaseCpu];

const COLUMNS: [head: string, cell: (row: Row) => string][] = [
  ['bar', ({ bar }) => bar],
  ['what', ({ what }) => what],
  ['callers', ({ callers }) => (callers === undefined ? '' : String(callers))],
  ['ours/s', ({ ours }) => rate(ours)],
  ['floor/s', ({ floor }) => rate(floor)],
  ['ratio', ({ rate: ratio }) => fixed(ratio, 2)],
  ['CPU µs', ({ oursCpu }) => both(oursCpu)],
  ['floor', ({ floorCpu }) => both(floorCpu)],
  ['ratio', ({ cpu }) => fixed(cpu, 2)],
  ['p50', ({ p50 }) => fixed(p50, 2)],
  ['p99', ({ p99 }) => fixed(p99, 2)],
  ['floor', ({ floorP99 }) => fixed(floorP99, 2)],
  ['max', ({ max }) => fixed(max, 0)],
  ['MB', ({ memory }) => fixed(memory, 0)],
  ['aim', ({ aim = '' }) => aim],
  ['', ({ met }) => (met === undefined ? '' : met ? 'met' : 'NOT MET')],
];

/** A Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => COLUMNS.map(([, cell]) => cell(row)));
  const heads = COLUMNS.map(([head]) => head);
  const widths = heads.map((head, at) => Math.max(3, head.length, ...cells.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

const fixed = (value: number | undefined, digits: number): string =>
  value === undefined || !Number.isFinite(value) ? '' : value.toFixed(digits);

const rate = (value: number | undefined): string => fixed(value, (value ?? 0) < 100 ? 1 : 0);

const both = (cpu: readonly [number, number] | undefined): string =>
  cpu && Number.isFinite(cpu[0]) ? `${cpu[0].toFixed(0)} + ${cpu[1].toFixed(0)}` : '';
