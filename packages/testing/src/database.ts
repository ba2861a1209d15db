import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the maintenance database of the server that all tests share. */
    databaseServerUrl: string;
    /** Name of the migrated database that tests clone. */
    databaseTemplate: string;
  }
}

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

/** Creates a migrated database without rows. Disposing drops it and ends all connections to it. */
export const createTestDatabase = (): Promise<TestDatabase> =>
  create(`template ${inject('databaseTemplate')} strategy file_copy`);

/** Creates a database without tables. */
export const createEmptyDatabase = (): Promise<TestDatabase> => create('');

async function create(options: string): Promise<TestDatabase> {
  const serverUrl = inject('databaseServerUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runStatement(serverUrl, `create database ${name} ${options}`);
  return {
    url: serverUrl.replace(/[^/]+$/, name),
    [Symbol.asyncDispose]: () => runStatement(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

/** Runs SQL on a separate connection. */
export async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
