import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@gatehouse/db/migrate';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import pg from 'pg';
import { z } from 'zod';
import { type Child, startChild } from './child.ts';
import { fill } from './fill.ts';
import type { FloorSettings } from './floor.ts';
import { keyAt } from './holder.ts';
import type { Job } from './load.ts';

/** Connections of the api for what gateways ask. */
const POOL = 4;
export const ADMIN_TOKEN = 'bench-admin-token-0123456789-0123456789';

/** A database of so many keys, and the programs that answer from it. */
export type Stage = AsyncDisposable & {
  database: pg.Pool;
  portalId: string;
  keys: readonly string[];
  /** Where the keys are, and what is asked. */
  question: Pick<Job, 'path' | 'keysFile' | 'known'>;
  /** As in production. */
  api: Child;
  /** Another process of it. */
  startApi(logLevel: 'info' | 'debug'): Promise<Child>;
  startFloor(from: FloorSettings['from']): Promise<Child>;
};

/** `unknown`: of so many more keys nobody is the holder. */
type Options = { serverUrl: string; scratch: string; known: number; unknown: number };

export async function openStage({ serverUrl, scratch, known, unknown }: Options): Promise<Stage> {
  await using made = new AsyncDisposableStack();
  const name = `bench_${String(known)}`;
  const databaseUrl = serverUrl.replace(/[^/]+$/, name);
  await createDatabase(serverUrl, name);
  await migrate({ databaseUrl });
  await prepareQueue(databaseUrl);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  // The server is stopped before the pool ends where a run is broken off.
  database.on('error', () => undefined);
  made.defer(() => database.end());

  const startApi = (logLevel: string): Promise<Child> =>
    startChild({
      script: 'apps/api/src/main.ts',
      env: environment(databaseUrl, logLevel),
      output: join(scratch, `${name}.log`),
    });
  const api = made.use(await startApi('info'));
  const place = await makeProduct(api);
  const all = Array.from({ length: known + unknown }, (_, n) => keyAt(n));
  const keys = all.slice(0, known);
  await fill(database, keys, place);
  const keysFile = join(scratch, `${name}.keys`);
  writeFileSync(keysFile, all.join('\n'));
  const path = `/gateway/verify/${place.apiProductId}`;
  const held = made.move();
  return {
    database,
    portalId: place.portalId,
    keys,
    question: { path, keysFile, known },
    api,
    startApi,
    startFloor: (from) =>
      startChild({
        script: 'bench/floor.ts',
        args: [JSON.stringify({ from, keysFile, known, databaseUrl, pool: POOL, ...place } satisfies FloorSettings)],
        output: join(scratch, 'floor.log'),
      }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
}

const environment = (databaseUrl: string, logLevel: string): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  GATEHOUSE_SECRET: 'bench-secret-'.repeat(4),
  GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
  PORT: '0',
  LOG_LEVEL: logLevel,
});

async function makeProduct(api: Child): Promise<{ portalId: string; apiProductId: string }> {
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(`${api.url}/api${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return z.object({ id: z.string() }).parse(await answer.json()).id;
  };
  const portalId = await post('/portals', { name: 'Bench', slug: 'bench' });
  const apiProductId = await post(`/portals/${portalId}/api_products`, { name: 'Bench' });
  return { portalId, apiProductId };
}
