import { cpuOf, cpuOfPostgres, memoryOf } from './cpu.ts';
import type { Child } from './child.ts';
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

/** One slice, or the medians of several. Times are in milliseconds, CPU in microseconds per request. */
export type Measurement = {
  perSecond: number;
  appCpu: number;
  databaseCpu: number;
  p50: number;
  p99: number;
  max: number;
  /** Resident memory of the server after the slice, in MB. */
  memory: number;
};
/** `rate` and `cpu` are ratios to the floor, of which higher ones are better. */
export type Comparison = { ours: Measurement; floor: Measurement; rate: number; cpu: number };

/** `load` is the process that makes the requests. Its CPU counts for neither side. */
export type Meter = { load: Child; postmaster: number; rounds: number };

/** Puts both sides under the same load in turns, so that other work of the machine affects both. */
export async function compare(meter: Meter, ours: Side, floor: Side): Promise<Comparison> {
  for (const side of [ours, floor]) await warmUp(meter, side);
  const slices = await inTurns(meter.rounds, [() => measure(meter, ours), () => measure(meter, floor)]);
  return comparisonOf(slices[0] ?? [], slices[1] ?? []);
}

/** A process compiles its code during its first requests. Requests that can be made only once are not spent on that. */
async function warmUp({ load }: Meter, { server, job }: Side): Promise<void> {
  if (job.order === 'random') await load.ask({ ...job, url: server.url } satisfies Job);
}

/** Runs each once a round, in alternating order, so that none is always first. Returns the results of each. */
export async function inTurns<T>(rounds: number, works: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const results: T[][] = works.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = [...works.keys()];
    for (const at of round % 2 === 0 ? order : order.toReversed()) {
      const work = works[at];
      if (work) results[at]?.push(await work());
    }
  }
  return results;
}

/** The ratios are medians of the rounds, because other work affects both sides of a round. */
function comparisonOf(ours: readonly Measurement[], floor: readonly Measurement[]): Comparison {
  const ratios = (of: (ours: Measurement, floor: Measurement) => number): number =>
    median(ours.flatMap((slice, at) => (floor[at] ? [of(slice, floor[at])] : [])));
  return {
    ours: mediansOf(ours),
    floor: mediansOf(floor),
    rate: ratios((one, other) => one.perSecond / other.perSecond),
    cpu: ratios((one, other) => cpuOfBoth(other) / cpuOfBoth(one)),
  };
}

export const cpuOfBoth = ({ appCpu, databaseCpu }: Measurement): number => appCpu + databaseCpu;

export async function measure({ load, postmaster }: Meter, { server, job, statuses, before }: Side) {
  await before?.();
  const [app, database] = [cpuOf(server.pid), cpuOfPostgres(postmaster)];
  const loaded = parseLoad(await load.ask({ ...job, url: server.url } satisfies Job));
  const appCpu = (cpuOf(server.pid) - app) / loaded.requests;
  const databaseCpu = (cpuOfPostgres(postmaster) - database) / loaded.requests;
  assertAnswers(loaded, statuses);
  const { requests, seconds, p50, p99, max } = loaded;
  return { perSecond: requests / seconds, appCpu, databaseCpu, p50, p99, max, memory: memoryOf(server.pid) };
}

/** Throws if a response has another status, because an error can be faster than a real response. */
function assertAnswers(loaded: Load, expected: readonly number[]): void {
  const wrong = Object.keys(loaded.statuses).filter((status) => !expected.includes(Number(status)));
  if (wrong.length > 0 || loaded.requests === 0)
    throw new Error(`Unexpected responses: ${JSON.stringify(loaded.statuses)}`);
}

export const mediansOf = (slices: readonly Measurement[]): Measurement => ({
  perSecond: median(slices.map(({ perSecond }) => perSecond)),
  appCpu: median(slices.map(({ appCpu }) => appCpu)),
  databaseCpu: median(slices.map(({ databaseCpu }) => databaseCpu)),
  p50: median(slices.map(({ p50 }) => p50)),
  p99: median(slices.map(({ p99 }) => p99)),
  max: Math.max(...slices.map(({ max }) => max)),
  memory: median(slices.map(({ memory }) => memory)),
});

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
}
