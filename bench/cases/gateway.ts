import { join } from 'node:path';
import { keyAt } from '../data/keys.ts';
import type { GatewayFloor } from '../floors/gateway.ts';
import { type Aim, type Bench, type BenchCase, CALLERS, compareRow, requestFile, slice } from '../harness/bench.ts';
import { type Child, startChild } from '../harness/child.ts';
import { forgetDecisions } from '../harness/forget-decisions.ts';
import { type KnownKeys, readKnownKeys, verify } from '../harness/keys.ts';
import type { Request } from '../harness/load.ts';
import type { Side } from '../harness/measure.ts';
import { startApi } from '../harness/service.ts';
import type { Row } from '../harness/table.ts';

/** Connections of the api for verification requests. */
const POOL = 4;

export const gateway: BenchCase = {
  name: 'gateway',
  about: 'P5, P6: verification requests of gateways, with decisions in memory and without',
  async run(bench) {
    const known = await readKnownKeys(bench.database, bench.size.developers, bench.scratch);
    return [...(await inMemory(bench, known)), ...(await notInMemory(bench, known))];
  },
};

const startFloor = ({ databaseUrl, scratch }: Bench, { file }: KnownKeys, from: GatewayFloor['from']): Promise<Child> =>
  startChild({
    script: 'bench/floors/gateway.ts',
    args: [JSON.stringify({ from, holders: file, databaseUrl, pool: POOL } satisfies GatewayFloor)],
    output: join(scratch, 'floor.log'),
  });

/** P6: all decisions are in the cache. */
async function inMemory(bench: Bench, known: KnownKeys): Promise<Row[]> {
  await using api = await startApi(bench);
  await using debug = await startApi({ ...bench, env: { LOG_LEVEL: 'debug' } });
  await using floor = await startFloor(bench, known, 'memory');
  const all = requestFile(bench, 'keys', known.keys.map(verify));
  const mixed = requestFile(bench, 'mixed', withUnknown(known.keys));
  const rows: Row[] = [];
  const compare = async (
    row: { bar: string; what: string; aim?: Aim },
    { server = api, file = all, callers = CALLERS },
  ) => {
    // Fills the cache before each comparison, because decisions expire after a minute.
    await bench.load.ask({ url: server.url, file, order: 'shuffled', callers: CALLERS });
    const side = (of: Child): Side => ({
      server: of,
      job: slice(bench, file, callers),
      statuses: file === mixed ? [200, 401] : [200],
    });
    rows.push(await compareRow(bench, { ...row, ours: side(server), floor: side(floor) }));
  };
  await compare({ bar: '', what: 'verify, in memory' }, { callers: 1 });
  await compare({ bar: 'P6', what: 'verify, in memory', aim: { share: 0.8, p99: 3 } }, {});
  await compare({ bar: 'P6', what: 'verify, in memory, every pass logged', aim: { share: 0.5 } }, { server: debug });
  await compare({ bar: '', what: 'verify, in memory, 10 % unknown keys' }, { file: mixed });
  return rows;
}

/** One key in ten has no holder. At most as many as the api remembers. */
function withUnknown(keys: readonly string[]): Request[] {
  const count = Math.min(10_000, Math.ceil(keys.length / 9));
  const unknown = Array.from({ length: count }, (_, n) => keyAt(1_000_000 + n));
  return [...keys.slice(0, 9 * count), ...unknown].map(verify);
}

/** P5: the cache has just been emptied, and each key is requested once. */
async function notInMemory(bench: Bench, known: KnownKeys): Promise<Row[]> {
  await using api = await startApi(bench);
  await using floor = await startFloor(bench, known, 'database');
  const file = requestFile(bench, 'keys', known.keys.map(verify));
  const count = Math.min(known.keys.length, Math.max(20, Math.round(10_000 * bench.size.share)));
  const side = (server: Child, callers: number): Side => ({
    server,
    job: { file, order: 'shuffled', callers, count },
    statuses: [200],
    before: () => forgetDecisions(bench.database),
  });
  const both = (callers: number) => ({ ours: side(api, callers), floor: side(floor, callers) });
  return [
    await compareRow(bench, { bar: '', what: 'verify, not in memory', ...both(1) }),
    await compareRow(bench, { bar: 'P5', what: 'verify, not in memory', ...both(CALLERS), aim: { share: 0.9 } }),
  ];
}
