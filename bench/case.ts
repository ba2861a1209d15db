import { type Bench, compare, type Comparison, type Side } from './measure.ts';
import type { Row } from './table.ts';

/** Something that is measured against a floor. */
export type Case = {
  bar: string;
  what: string;
  callers: number;
  ours: Side;
  floor: Side;
  /** The share of the floor to be reached, in requests and in CPU, and the milliseconds that 99 of 100 must keep to. */
  aim?: { share: number; p99?: number };
};

export async function runCase(bench: Bench, { ours, floor, aim, ...row }: Case): Promise<Row> {
  const comparison = await compare(bench, ours, floor);
  if (!aim) return { ...row, comparison };
  return { ...row, comparison, aim: wordsOf(aim), met: meets(comparison, aim) };
}

/** Where CPU cannot be read, requests decide alone. */
function meets({ rate, cpu, ours }: Comparison, { share, p99 = Infinity }: { share: number; p99?: number }): boolean {
  return rate >= share && !(cpu < share) && ours.p99 <= p99;
}

const wordsOf = ({ share, p99 }: { share: number; p99?: number }): string =>
  `≥ ${share.toFixed(2)}${p99 === undefined ? '' : `, p99 ≤ ${String(p99)} ms`}`;
