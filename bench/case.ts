import { type Bench, compare, type Comparison, type Side } from './measure.ts';
import type { Row } from './table.ts';

/** A measurement that is compared with a floor. */
export type Case = {
  bar: string;
  what: string;
  callers: number;
  ours: Side;
  floor: Side;
  /** The required share of the floor, in requests and in CPU, and the 99th percentile in milliseconds. */
  aim?: { share: number; p99?: number };
};

export async function runCase(bench: Bench, { ours, floor, aim, ...row }: Case): Promise<Row> {
  const comparison = await compare(bench, ours, floor);
  if (!aim) return { ...row, comparison };
  return { ...row, comparison, aim: wordsOf(aim), met: meets(comparison, aim) };
}

/** If CPU cannot be measured (NaN), only requests count. */
function meets({ rate, cpu, ours }: Comparison, { share, p99 = Infinity }: { share: number; p99?: number }): boolean {
  return rate >= share && !(cpu < share) && ours.p99 <= p99;
}

const wordsOf = ({ share, p99 }: { share: number; p99?: number }): string =>
  `≥ ${share.toFixed(2)}${p99 === undefined ? '' : `, p99 ≤ ${String(p99)} ms`}`;
