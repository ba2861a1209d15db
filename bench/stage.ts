import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { type Child, startChild } from './child.ts';
import { fill } from './fill.ts';
import type { FloorSettings } from './floor.ts';
import { keyAt } from './holder.ts';
import type { Job } from './load.ts';
import { make, openService } from './service.ts';

/** Connections of the api for verification requests. */
const POOL = 4;

/** A database with keys, and the programs that answer from it. */
export type Stage = AsyncDisposable & {
  database: pg.Pool;
  portalId: string;
  keys: readonly string[];
  /** The part of a job that all measurements share. */
  question: Pick<Job, 'path' | 'keysFile' | 'known'>;
  /** Runs with the settings of production. */
  api: Child;
  /** Starts another api process. */
  startApi(logLevel: 'info' | 'debug'): Promise<Child>;
  startFloor(from: FloorSettings['from']): Promise<Child>;
};

/** `unknown` is the number of additional keys without an owner. */
type Options = { serverUrl: string; scratch: string; known: number; unknown: number };

export async function openStage({ serverUrl, scratch, known, unknown }: Options): Promise<Stage> {
  await using made = new AsyncDisposableStack();
  const name = `bench_${String(known)}`;
  const service = made.use(await openService({ serverUrl, scratch, name }));
  const { databaseUrl, database, api, startApi } = service;
  const product = await makeProduct(api);
  const all = Array.from({ length: known + unknown }, (_, n) => keyAt(n));
  const keys = all.slice(0, known);
  await fill(database, keys, product);
  const keysFile = join(scratch, `${name}.keys`);
  writeFileSync(keysFile, all.join('\n'));
  const path = `/gateway/verify/${product.apiProductId}`;
  const held = made.move();
  return {
    database,
    portalId: product.portalId,
    keys,
    question: { path, keysFile, known },
    api,
    startApi,
    startFloor: (from) =>
      startChild({
        script: 'bench/floor.ts',
        args: [JSON.stringify({ from, keysFile, known, databaseUrl, pool: POOL, ...product } satisfies FloorSettings)],
        output: join(scratch, 'floor.log'),
      }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function makeProduct(api: Child): Promise<{ portalId: string; apiProductId: string }> {
  const portalId = await make(api, '/portals', { name: 'Bench', slug: 'bench' });
  const apiProductId = await make(api, `/portals/${portalId}/api_products`, { name: 'Bench' });
  return { portalId, apiProductId };
}
