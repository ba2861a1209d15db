import { totalmem } from 'node:os';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import pg from 'pg';
import { openDatabase } from '../harness/service.ts';
import { loadData } from './load.ts';

type Options = { dataDir: string; developers: number; durable: boolean; say: (line: string) => void };

/** A server with a loaded database. Disposing stops the server and keeps the directory. */
export type Data = AsyncDisposable & { serverUrl: string; databaseUrl: string; database: pg.Pool; developers: number };

const NAME = 'bench';
const MB = 1024 * 1024;

/** Starts a server on the directory, applies the migrations, and loads the data unless an earlier run did. */
export async function openData({ dataDir, developers, durable, say }: Options): Promise<Data> {
  await using made = new AsyncDisposableStack();
  say('Starting PostgreSQL…');
  const server = await startEmbeddedPostgres({ dataDir, settings: settings(durable) });
  made.defer(() => server.stop());
  const databaseUrl = await openDatabase(server.url, NAME);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  // If a run is interrupted, the server stops before the pool ends.
  database.on('error', () => undefined);
  made.defer(() => database.end());
  const loaded = await countDevelopers(database);
  if (loaded === 0) {
    say(`Loading ${String(developers)} developers and what they own…`);
    await loadData({ databaseUrl, developers, say });
  }
  const held = made.move();
  return {
    serverUrl: server.url,
    databaseUrl,
    database,
    developers: loaded === 0 ? developers : loaded,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function countDevelopers(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ n: number }>('select count(*)::int as n from developer');
  return rows[0]?.n ?? 0;
}

/** As an operator would set up a server of its own, within the memory of a small machine. */
const settings = (durable: boolean): Record<string, string> => ({
  shared_buffers: `${String(Math.round(Math.min(totalmem() / 4, 2048 * MB) / MB))}MB`,
  max_wal_size: '4GB',
  max_connections: '200',
  ...(durable ? {} : { fsync: 'off' }),
});
