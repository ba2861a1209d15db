import { totalmem } from 'node:os';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import pg from 'pg';
import { openDatabase } from '../harness/service.ts';
import { loadData } from './load.ts';

type Options = { dataDir: string; developers: number; durable: boolean; say: (line: string) => void };

/** A server with a loaded database. Disposing stops the server and keeps the directory. */
export type Data = Loaded & { serverUrl: string };

const MB = 1024 * 1024;

/** Starts a server on the directory, applies the migrations, and loads the data unless an earlier run did. */
export async function openData({ dataDir, developers, durable, say }: Options): Promise<Data> {
  await using made = new AsyncDisposableStack();
  say('Starting PostgreSQL…');
  const server = await startEmbeddedPostgres({ dataDir, settings: settings(durable) });
  made.defer(() => server.stop());
  const data = made.use(await openLoaded({ serverUrl: server.url, name: 'bench', developers, say }));
  const held = made.move();
  return { ...data, serverUrl: server.url, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

type Loaded = AsyncDisposable & { databaseUrl: string; database: pg.Pool; developers: number };

/** Creates, migrates and loads a database, as far as an earlier run did not. */
export async function openLoaded({
  serverUrl,
  name,
  developers,
  say,
}: {
  serverUrl: string;
  name: string;
  developers: number;
  say: (line: string) => void;
}): Promise<Loaded> {
  const databaseUrl = await openDatabase(serverUrl, name);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  // If a run is interrupted, the server stops before the pool ends.
  database.on('error', () => undefined);
  const loaded = await countDevelopers(database);
  if (loaded === 0) {
    say(`Loading ${String(developers)} developers and what they own…`);
    await loadData({ databaseUrl, developers, say });
  }
  const found = loaded === 0 ? developers : loaded;
  return { databaseUrl, database, developers: found, [Symbol.asyncDispose]: () => database.end() };
}

async function countDevelopers(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ n: number }>('select count(*)::int as n from developer');
  return rows[0]?.n ?? 0;
}

/** As an operator would set up a separate server, within the memory of a small machine. */
const settings = (durable: boolean): Record<string, string> => ({
  shared_buffers: `${String(Math.round(Math.min(totalmem() / 4, 2048 * MB) / MB))}MB`,
  max_wal_size: '4GB',
  max_connections: '200',
  ...(durable ? {} : { fsync: 'off' }),
});
