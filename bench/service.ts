import { join } from 'node:path';
import { migrate } from '@gatehouse/db/migrate';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import pg from 'pg';
import { z } from 'zod';
import { type Child, startChild } from './child.ts';

export const ADMIN_TOKEN = 'bench-admin-token-0123456789-0123456789';

/** A database and the api on it, as in production. */
export type Service = AsyncDisposable & {
  databaseUrl: string;
  database: pg.Pool;
  api: Child;
  /** Starts another api process. */
  startApi(logLevel: string): Promise<Child>;
};

/** `name` is the name of the database and of the log file. */
type Options = { serverUrl: string; scratch: string; name: string; env?: Record<string, string> };

export async function openService({ serverUrl, scratch, name, env = {} }: Options): Promise<Service> {
  await using made = new AsyncDisposableStack();
  const databaseUrl = serverUrl.replace(/[^/]+$/, name);
  await createDatabase(serverUrl, name);
  await migrate({ databaseUrl });
  await prepareQueue(databaseUrl);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  // If a run is interrupted, the server stops before the pool ends.
  database.on('error', () => undefined);
  made.defer(() => database.end());
  const startApi = (logLevel: string): Promise<Child> =>
    startChild({
      script: 'apps/api/src/main.ts',
      env: { ...environment(databaseUrl, logLevel), ...env },
      output: join(scratch, `${name}.log`),
    });
  const api = made.use(await startApi('info'));
  const held = made.move();
  return { databaseUrl, database, api, startApi, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

export async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
}

const environment = (databaseUrl: string, logLevel: string): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  GATEHOUSE_SECRET: 'bench-secret-'.repeat(4),
  GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
  PUBLIC_URL: 'http://127.0.0.1',
  PORT: '0',
  LOG_LEVEL: logLevel,
});

/** Creates a record as an admin and returns its id. */
export async function make(api: Child, path: string, body: object): Promise<string> {
  const answer = await fetch(`${api.url}/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}
