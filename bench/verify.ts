import { join } from 'node:path';
import { type Case, runCase } from './case.ts';
import { type Child, startChild } from './child.ts';
import { postmasterOf } from './cpu.ts';
import { forgetAnswers } from './forget.ts';
import type { Job } from './load.ts';
import type { Bench, Side } from './measure.ts';
import { type RevocationTimes, timeRevocations, withoutPush } from './revocation.ts';
import { openStage, type Stage } from './stage.ts';
import type { Row } from './table.ts';
import { spreadOf } from './times.ts';

export type Size = {
  keys: number;
  fewKeys: number;
  /** At most as many unknown keys as the api caches. */
  unknown: number;
  rounds: number;
  /** Duration of a round with cached decisions. */
  seconds: number;
  /** Keys of a round without cached decisions. */
  misses: number;
  revocations: number;
};

export const FULL: Size = {
  keys: 100_000,
  fewKeys: 1000,
  unknown: 10_000,
  rounds: 5,
  seconds: 2,
  misses: 10_000,
  revocations: 100,
};
/** Enough to check that everything works. */
export const QUICK: Size = {
  keys: 200,
  fewKeys: 20,
  unknown: 20,
  rounds: 1,
  seconds: 0.05,
  misses: 100,
  revocations: 2,
};

const CALLERS = 32;
/** P16: the required share of the speed with a hundredth of the keys. */
const GROWTH = 1 / 1.5;

type Options = { serverUrl: string; scratch: string; size: Size; say: (line: string) => void };
type Context = Pick<Options, 'size' | 'say'> & {
  bench: Bench;
  stage: Stage;
  small: Stage;
};

/** Measures `/gateway/verify`, on which every request to an API waits. */
export async function benchVerify({ serverUrl, scratch, size, say }: Options): Promise<Row[]> {
  await using made = new AsyncDisposableStack();
  say(`Filling a database with ${String(size.keys)} keys, and one with ${String(size.fewKeys)}…`);
  const [load, stage, small] = await Promise.all([
    startChild({ script: 'bench/load.ts', output: join(scratch, 'load.log') }).then((started) => made.use(started)),
    openStage({ serverUrl, scratch, known: size.keys, unknown: size.unknown }).then((opened) => made.use(opened)),
    openStage({ serverUrl, scratch, known: size.fewKeys, unknown: 0 }).then((opened) => made.use(opened)),
  ]);
  const bench = { load, postmaster: await postmasterOf(stage.database), rounds: size.rounds };
  const context = { bench, stage, small, size, say };
  return [...(await inMemory(context)), ...(await notInMemory(context)), ...(await revoked(context))];
}

/** P6: all decisions are in the cache. */
async function inMemory({ bench, stage, small, size, say }: Context): Promise<Row[]> {
  await using floor = await stage.startFloor('memory');
  await using debug = await stage.startApi('debug');
  const side = (server: Child, { question }: Stage, { connections = CALLERS, unknown = 0 } = {}): Side => ({
    server,
    job: { ...question, connections, ask: { seconds: size.seconds, unknown } },
    statuses: unknown > 0 ? [200, 401] : [200],
  });
  const both = (server: Child, load = {}) => ({ ours: side(server, stage, load), floor: side(floor, stage, load) });
  const cases: Case[] = [
    { bar: '', what: 'in memory', callers: 1, ...both(stage.api, { connections: 1 }) },
    { bar: 'P6', what: 'in memory', callers: CALLERS, ...both(stage.api), aim: { share: 0.8, p99: 3 } },
    { bar: 'P6', what: 'in memory, every pass logged', callers: CALLERS, ...both(debug), aim: { share: 0.5 } },
    { bar: '', what: 'in memory, 10 % unknown keys', callers: CALLERS, ...both(stage.api, { unknown: 0.1 }) },
    {
      bar: 'P16',
      what: `in memory, ${String(size.keys)} keys; the floor: ${String(size.fewKeys)}`,
      callers: CALLERS,
      ours: side(stage.api, stage),
      floor: side(small.api, small),
      aim: { share: GROWTH },
    },
  ];
  const rows: Row[] = [];
  for (const each of cases) {
    say(`${each.what}, callers: ${String(each.callers)}…`);
    // Fills the cache before each case, because decisions expire after a minute.
    for (const { server, job } of [each.floor, each.ours])
      await bench.load.ask({
        ...job,
        url: server.url,
        connections: CALLERS,
        ask: { distinct: job.known },
      } satisfies Job);
    rows.push(await runCase(bench, each));
  }
  return rows;
}

/** P5: the cache has just been emptied, and each key is requested once. */
async function notInMemory({ bench, stage, small, size, say }: Context): Promise<Row[]> {
  await using floor = await stage.startFloor('database');
  const side = (server: Child, at: Stage, { connections = CALLERS, distinct = size.misses } = {}): Side => ({
    server,
    job: { ...at.question, connections, ask: { distinct } },
    statuses: [200],
    before: () => forgetAnswers(at.database),
  });
  const both = (load = {}) => ({ ours: side(stage.api, stage, load), floor: side(floor, stage, load) });
  const few = { distinct: size.fewKeys };
  const cases: Case[] = [
    { bar: '', what: 'not in memory', callers: 1, ...both({ connections: 1 }) },
    { bar: 'P5', what: 'not in memory', callers: CALLERS, ...both(), aim: { share: 0.9 } },
    {
      bar: 'P16',
      what: `not in memory, ${String(size.keys)} keys; the floor: ${String(size.fewKeys)}`,
      callers: CALLERS,
      ours: side(stage.api, stage, few),
      floor: side(small.api, small, few),
      aim: { share: GROWTH },
    },
  ];
  const rows: Row[] = [];
  for (const each of cases) {
    say(`${each.what}, callers: ${String(each.callers)}…`);
    rows.push(await runCase(bench, each));
  }
  return rows;
}

/** R14: how long a revoked key is still accepted. */
async function revoked({ stage, size, say }: Context): Promise<Row[]> {
  await using second = await stage.startApi('info');
  const { revocations: rounds } = size;
  say('Suspending developers at one process, and verifying their keys at another…');
  const pushed = await timeRevocations({ stage, first: stage.api, second, from: 0, rounds });
  say('The same without notifications…');
  const polled = await withoutPush(stage.database, () =>
    timeRevocations({ stage, first: stage.api, second, from: rounds, rounds }),
  );
  const passes = pushed.passes + polled.passes;
  return [
    rowOf('suspended: until another process rejects', pushed, { p99: 100, max: 1000 }),
    rowOf('the same, without notifications', polled, { p99: Infinity, max: 1000 }),
    {
      bar: 'R14',
      what: `suspended: ${String(passes)} of ${String(2 * rounds)} accepted by the same process`,
      aim: '0',
      met: passes === 0,
    },
  ];
}

function rowOf(what: string, { times }: RevocationTimes, aim: { p99: number; max: number }): Row {
  const spread = spreadOf(times);
  return {
    bar: 'R14',
    what,
    times: spread,
    aim: `${aim.p99 < Infinity ? `p99 ≤ ${String(aim.p99)} ms, ` : ''}max ≤ ${String(aim.max)} ms`,
    met: spread.p99 <= aim.p99 && spread.max <= aim.max,
  };
}
