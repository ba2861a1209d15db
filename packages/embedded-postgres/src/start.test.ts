import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';
import { readPostmaster } from './postmaster.ts';

const settings = { fsync: 'off' };
let dataDir = '';
let cluster = '';
let server: EmbeddedPostgres | undefined;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-launcher-'));
  cluster = join(dataDir, 'pg18');
  server = await startEmbeddedPostgres({ dataDir, settings });
  await query(server.url, 'create table kept (n int); insert into kept values (42)');
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

test('the first start creates the database gatehouse, which is reachable only through a socket', async () => {
  const rows = await query(
    server?.url,
    "select current_database() as name, current_setting('listen_addresses') as tcp",
  );
  expect(server?.adopted).toBe(false);
  expect(rows).toEqual([{ name: 'gatehouse', tcp: '' }]);
});

test('a later start finds the data of the earlier one', async () => {
  server = await startEmbeddedPostgres({ dataDir, settings });
  expect(server.adopted).toBe(false);
  expect(await query(server.url, 'select n from kept')).toEqual([{ n: 42 }]);
});

test('two simultaneous starts share one server', async () => {
  const both = await Promise.all([
    startEmbeddedPostgres({ dataDir, settings }),
    startEmbeddedPostgres({ dataDir, settings }),
  ]);
  server = both[0];
  expect(both[0].url).toBe(both[1].url);
  expect(await query(both[1].url, 'select n from kept')).toEqual([{ n: 42 }]);
});

test('the server survives a killed parent and is adopted', async () => {
  const parent = spawnParent();
  await once(parent, 'message');
  const pid = readPostmaster(cluster)?.pid;
  parent.kill('SIGKILL');
  await once(parent, 'exit');

  server = await startEmbeddedPostgres({ dataDir, settings });

  expect(server.adopted).toBe(true);
  expect(readPostmaster(cluster)?.pid).toBe(pid);
  expect(await query(server.url, 'select n from kept')).toEqual([{ n: 42 }]);
});

test('a killed server recovers', async () => {
  server = await startEmbeddedPostgres({ dataDir, settings });
  process.kill(readPostmaster(cluster)?.pid ?? 0, 'SIGKILL');

  server = await startEmbeddedPostgres({ dataDir, settings });

  expect(await query(server.url, 'select n from kept')).toEqual([{ n: 42 }]);
});

test('a lock file with the process id of another program does not prevent the start', async () => {
  server = await startEmbeddedPostgres({ dataDir, settings });
  const lock = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  await server.stop();
  writeFileSync(join(cluster, 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));

  server = await startEmbeddedPostgres({ dataDir, settings });

  expect(server.adopted).toBe(false);
  expect(await query(server.url, 'select n from kept')).toEqual([{ n: 42 }]);
});

test('stop disconnects clients and can be repeated', async () => {
  server = await startEmbeddedPostgres({ dataDir, settings });
  const client = new pg.Client({ connectionString: server.url });
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  client.on('error', () => undefined);
  await client.connect();

  await server.stop();
  await server.stop();

  await ended;
  expect(readPostmaster(cluster)).toBeUndefined();
});

test('a data directory below a file causes an error of one line', async () => {
  const start = startEmbeddedPostgres({ dataDir: join(cluster, 'PG_VERSION', 'below'), settings });
  await expect(start).rejects.toThrow(/^Cannot create the directory [^\n]*$/);
});

async function query(url: string | undefined, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
}

/** A process that starts the server, reports that, and keeps running. */
function spawnParent(): ChildProcess {
  const module = new URL('start.ts', import.meta.url).href;
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    await startEmbeddedPostgres(${JSON.stringify({ dataDir, settings })});
    process.send('started');
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
