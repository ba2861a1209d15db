import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the maintenance database of the one server all tests share. */
    databaseServerUrl: string;
  }
}

export interface QueueDatabase extends AsyncDisposable {
  url: string;
  run(statement: string): Promise<void>;
}

/** An empty database of its own, without any schema of ours; gone when disposed of. */
export async function createQueueDatabase(): Promise<QueueDatabase> {
  const serverUrl = inject('databaseServerUrl');
  const name = `queue_${randomBytes(8).toString('hex')}`;
  const url = serverUrl.replace(/[^/]+$/, name);
  await run(serverUrl, `create database ${name}`);
  return {
    url,
    run: (statement) => run(url, statement),
    [Symbol.asyncDispose]: () => run(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
