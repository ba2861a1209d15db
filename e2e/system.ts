import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/database';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import pg from 'pg';
import { inject } from 'vitest';
import { type RunningProcess, startProcess } from './process.ts';

/** The whole service as an operator runs it: the api and the worker as processes, with their own database. */
export type System = AsyncDisposable & {
  /** The URL of the api, without a trailing slash. */
  url: string;
  adminToken: string;
  databaseUrl: string;
  api: App;
  worker: App;
  /** Another api process of the same installation, which is not started yet. */
  anotherApi(env: Record<string, string>): App;
  /** Another worker process, which is not started yet. */
  anotherWorker(): App;
  sql<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
};

export type App = {
  kill(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** Where the api listens, without a trailing slash. */
  url(): string;
  /** The id of the running process. */
  pid(): number;
  /** The output of all its runs. */
  output(): string;
};

type Options = {
  smtpUrl?: string;
  env?: Record<string, string>;
  workerRuns?: boolean;
  /** A migrated, empty database. */
  database?: TestDatabase;
  /** Replaces the settings with which both programs connect to the database. */
  reach?: (databaseUrl: string) => Record<string, string>;
};

export async function startSystem(options: Options = {}): Promise<System> {
  const { smtpUrl, env = {}, workerRuns = true, reach = () => ({}) } = options;
  const database = options.database ?? (await createTestDatabase());
  const adminToken = `e2e-admin-${randomBytes(24).toString('hex')}`;
  const redisUrl = inject('redisUrl');
  if (!redisUrl) await prepareQueue(database.url);
  const shared = {
    DATABASE_URL: database.url,
    GATEHOUSE_SECRET: randomBytes(32).toString('hex'),
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://gatehouse.test',
    LOG_LEVEL: 'debug',
    ...(redisUrl
      ? { REDIS_URL: redisUrl, REDIS_PREFIX: `${inject('redisPrefix')}-${randomBytes(4).toString('hex')}` }
      : {}),
    ...(smtpUrl ? { SMTP_URL: smtpUrl, MAIL_FROM: 'Gatehouse <gatehouse@gatehouse.test>' } : {}),
    ...reach(database.url),
    ...env,
  };
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  // `end` resolves before the connections are closed, so dropping the database can still cut one off.
  pool.on('connect', (client) => client.on('error', () => undefined)).on('error', () => undefined);
  const anotherApi = (own: Record<string, string>) =>
    app('apps/api/src/main.ts', { ...shared, GATEHOUSE_ADMIN_TOKEN: adminToken, PORT: '0', ...own });
  const api = anotherApi({});
  const anotherWorker = () => app('apps/worker/src/main.ts', shared);
  const worker = anotherWorker();
  await Promise.all([api.start(), workerRuns ? worker.start() : undefined]);
  return {
    get url() {
      return api.url();
    },
    adminToken,
    databaseUrl: database.url,
    api,
    worker,
    anotherApi,
    anotherWorker,
    async sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
      const { rows } = await pool.query<T>(text, values);
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([api.kill('SIGKILL'), worker.kill('SIGKILL')]);
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

function app(script: string, env: Record<string, string>): App {
  const runs: RunningProcess[] = [];
  let running: RunningProcess | null = null;
  return {
    url: () => String(running?.ready['url']).replace(/\/$/, ''),
    pid: () => running?.pid ?? 0,
    output: () => runs.map((run) => run.output()).join(''),
    async start() {
      running = await startProcess({ script, env });
      runs.push(running);
    },
    async kill(signal = 'SIGKILL') {
      const stopping = running;
      running = null;
      await stopping?.kill(signal);
    },
  };
}
