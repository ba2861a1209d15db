/** Milliseconds. */
export type Times = { p50: number; p99: number; max: number };

export function spreadOf(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil((sorted.length - 1) * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
