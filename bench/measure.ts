import type { Child } from './child.ts';
import { cpuOf, cpuOfPostgres } from './cpu.ts';
import { type Job, type Load, parseLoad } from './load.ts';

/** A server under load. */
export type Side = {
  server: Child;
  job: Omit<Job, 'url'>;
  /** The allowed statuses of responses. */
  statuses: readonly number[];
  /** Prepares the state to measure. */
  before?: () => Promise<void>;
};

/** One round, or the medians of several. Times are in milliseconds, CPU in microseconds per request. */
export type Measurement = {
  perSecond: number;
  appCpu: number;
  databaseCpu: number;
  p50: number;
  p99: number;
  max: number;
};
/** `rate` and `cpu` are ratios to the floor, of which higher ones are better. */
export type Comparison = { ours: Measurement; floor: Measurement; rate: number; cpu: number };

export type Bench = { load: Child; postmaster: number; rounds: number };

/** Puts both sides under the same load in turns, so that other work of the machine affects both. */
export async function compare(bench: Bench, ours: Side, floor: Side): Promise<Comparison> {
  const rounds: { ours: Measurement; floor: Measurement }[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    // The order alternates, so that neither side is always first.
    if (round % 2 === 0) {
      const first = await measure(bench, floor);
      rounds.push({ floor: first, ours: await measure(bench, ours) });
    } else {
      const first = await measure(bench, ours);
      rounds.push({ ours: first, floor: await measure(bench, floor) });
    }
  }
  return {
    ours: mediansOf(rounds.map((round) => round.ours)),
    floor: mediansOf(rounds.map((round) => round.floor)),
    rate: median(rounds.map((round) => round.ours.perSecond / round.floor.perSecond)),
    cpu: median(rounds.map((round) => cpuOfBoth(round.floor) / cpuOfBoth(round.ours))),
  };
}

export const cpuOfBoth = ({ appCpu, databaseCpu }: Measurement): number => appCpu + databaseCpu;

async function measure({ load, postmaster }: Bench, { server, job, statuses, before }: Side): Promise<Measurement> {
  await before?.();
  const [app, database] = [cpuOf(server.pid), cpuOfPostgres(postmaster)];
  const loaded = parseLoad(await load.ask({ ...job, url: server.url } satisfies Job));
  const appCpu = (cpuOf(server.pid) - app) / loaded.requests;
  const databaseCpu = (cpuOfPostgres(postmaster) - database) / loaded.requests;
  assertAnswers(loaded, statuses);
  const { requests, seconds, p50, p99, max } = loaded;
  return { perSecond: requests / seconds, appCpu, databaseCpu, p50, p99, max };
}

/** Throws if a response has another status, because an error can be faster than a real response. */
function assertAnswers(loaded: Load, expected: readonly number[]): void {
  const wrong = Object.keys(loaded.statuses).filter((status) => !expected.includes(Number(status)));
  if (wrong.length > 0) throw new Error(`Unexpected responses: ${JSON.stringify(loaded.statuses)}`);
}

const mediansOf = (rounds: readonly Measurement[]): Measurement => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  appCpu: median(rounds.map(({ appCpu }) => appCpu)),
  databaseCpu: median(rounds.map(({ databaseCpu }) => databaseCpu)),
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
  max: Math.max(...rounds.map(({ max }) => max)),
});

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
}
