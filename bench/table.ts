import { type Comparison, cpuOfBoth } from './measure.ts';
import type { Times } from './times.ts';

/** One line of the table; undefined fields were not measured. */
export type Row = {
  /** The number of the requirement; empty for a figure without one. */
  bar: string;
  what: string;
  callers?: number;
  comparison?: Comparison;
  times?: Times;
  /** The required value; undefined without a requirement. */
  aim?: string;
  met?: boolean;
};

const HEAD = [
  'bar',
  'what',
  'callers',
  'req/s',
  'floor',
  'ratio',
  'CPU µs',
  'floor',
  'ratio',
  'p50',
  'p99',
  'max',
  'aim',
  '',
];

/** A Markdown table, for bench/README.md. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(cellsOf);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...cells.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

function cellsOf({ bar, what, callers, comparison, times = comparison?.ours, aim, met }: Row): string[] {
  return [
    bar,
    what,
    callers === undefined ? '' : String(callers),
    ...(comparison ? figuresOf(comparison) : Array.from({ length: 6 }, () => '')),
    ...[times?.p50, times?.p99, times?.max].map((time) => fixed(time, 2)),
    aim ?? '',
    met === undefined ? '' : met ? 'met' : 'NOT MET',
  ];
}

const figuresOf = ({ ours, floor, rate, cpu }: Comparison): string[] => [
  fixed(ours.perSecond, 0),
  fixed(floor.perSecond, 0),
  fixed(rate, 2),
  fixed(cpuOfBoth(ours), 0),
  fixed(cpuOfBoth(floor), 0),
  fixed(cpu, 2),
];

const fixed = (value: number | undefined, digits: number): string =>
  value === undefined || !Number.isFinite(value) ? '' : value.toFixed(digits);
