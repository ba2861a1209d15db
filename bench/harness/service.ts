import { join } from 'node:path';
import { migrate } from '@gatehouse/db/migrate';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import pg from 'pg';
import { ADMIN_TOKEN } from '../data/ids.ts';
import { type Child, startChild } from './child.ts';

/** How the programs of a case start. Their output goes to files in `scratch`. */
type Start = { databaseUrl: string; scratch: string; env?: Record<string, string> };

export const startApi = ({ databaseUrl, scratch, env = {} }: Start): Promise<Child> =>
  startChild({
    script: 'tools/serve.mjs',
    args: ['api'],
    env: { ...environment(databaseUrl), PORT: '0', ...env },
    output: join(scratch, 'api.log'),
  });

export const startWorker = ({ databaseUrl, scratch, env = {} }: Start): Promise<Child> =>
  startChild({
    script: 'tools/serve.mjs',
    args: ['worker'],
    env: { ...environment(databaseUrl), ...env },
    output: join(scratch, 'worker.log'),
  });

const environment = (databaseUrl: string): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  GATEHOUSE_SECRET: 'bench-secret-'.repeat(4),
  GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
  PUBLIC_URL: 'http://127.0.0.1',
  LOG_LEVEL: 'info',
});

/** Creates and migrates the database unless it exists, and returns its URL. */
export async function openDatabase(serverUrl: string, name: string): Promise<string> {
  const databaseUrl = await createDatabase(serverUrl, name);
  await migrate({ databaseUrl });
  await prepareQueue(databaseUrl);
  return databaseUrl;
}

/** Creates a database without tables unless it exists, and returns its URL. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
    return serverUrl.replace(/[^/]+$/, name);
  } finally {
    await client.end();
  }
}

/** Runs as an admin. Throws for an error. */
export async function callAsAdmin(api: Child, path: string, init: { method?: string; body?: object } = {}) {
  const answer = await fetch(`${api.url}/api${path}`, {
    method: init.method ?? 'GET',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(init.body ? { body: JSON.stringify(init.body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${String(answer.status)}: ${text.slice(0, 200)}`);
  const parsed: unknown = JSON.parse(text === '' ? 'null' : text);
  return parsed;
}
