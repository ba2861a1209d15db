import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, fchownSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, prepareBinaries } from './binaries.ts';
import { ensureCluster, role } from './cluster.ts';
import { type Directories, prepareDirectories } from './directories.ts';
import {
  accepts,
  isRunning,
  type Postmaster,
  readPostmaster,
  releaseStaleLocks,
  stopPostmaster,
} from './postmaster.ts';

export interface EmbeddedPostgresOptions {
  /** Created if it is missing. If this process runs as root, the account of the server becomes its owner. */
  dataDir: string;
  /** Server settings by name, as in postgresql.conf. An adopted server keeps the settings it was started with. */
  settings?: Readonly<Record<string, string>>;
  /** Receives one short line for each step that takes time. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the database `gatehouse` over a Unix socket, in a form that pg and MikroORM accept. */
  url: string;
  /** True if the server of a killed process already ran on the directory. */
  adopted: boolean;
  /** Stops the server and ends all connections. Does nothing if it has already stopped. */
  stop: () => Promise<void>;
}

const database = 'gatehouse';
/** Only a part of the socket's name; the server does not listen on this port. */
const port = 5432;
/** Milliseconds. Far above the usual 50, because recovery after a crash replays the log. */
const startPatience = 60_000;
/** Milliseconds in which a server that accepts no connections must exit. */
const endPatience = 5000;

/**
 * Runs a PostgreSQL from node_modules on the given directory. The server is outside the process group, so that Ctrl-C
 * does not stop it before the application. It survives a killed parent, and the next call on the directory adopts it.
 * Throws a one-line error if the directory or the system does not allow that.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directories = await prepareDirectories(options.dataDir);
  const { cluster } = directories;
  const running = await adopt(cluster);
  const postmaster = running ?? (await start(directories, options));
  return {
    url: connectionString(postmaster, database),
    adopted: running !== undefined,
    stop: () => stopPostmaster(cluster, postmaster.pid),
  };
}

/** Undefined if no server runs on the cluster, or if it is stopping. */
async function adopt(cluster: string): Promise<Postmaster | undefined> {
  const postmaster = await waitUntilReady(cluster, undefined);
  if (!postmaster) return undefined;
  try {
    await createDatabase(postmaster);
    return postmaster;
  } catch (error) {
    const deadline = performance.now() + endPatience;
    while (isRunning(postmaster)) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
    return undefined;
  }
}

/** The directory of the socket is an encoded host name, because all clients understand that form. */
function connectionString(postmaster: Postmaster, name: string): string {
  return `postgresql://${role}@${encodeURIComponent(postmaster.socketDir)}:${String(postmaster.port)}/${name}`;
}

async function start(directories: Directories, options: EmbeddedPostgresOptions): Promise<Postmaster> {
  const { settings = {}, log } = options;
  const binaries = await prepareBinaries(directories.root, directories.account);
  await ensureCluster(directories, binaries, settings['fsync'] !== 'off');
  const deadline = performance.now() + startPatience;
  for (;;) {
    releaseStaleLocks(directories.cluster, directories.socket, port);
    const server = spawnServer(directories, binaries, settings);
    const postmaster = await waitUntilReady(directories.cluster, server);
    if (postmaster) {
      await createDatabase(postmaster);
      return postmaster;
    }
    const reason = lastWords(directories.root);
    // Another process is starting the server, or children of a killed server are still running.
    if (!/lock file|shared memory/.test(reason) || performance.now() > deadline) {
      throw new Error(`PostgreSQL did not start: ${reason}`);
    }
    log?.('Waiting for another PostgreSQL on the same directory…');
    await delay(200);
  }
}

function spawnServer(
  directories: Directories,
  binaries: Binaries,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const all = {
    listen_addresses: '',
    unix_socket_directories: directories.socket,
    // Messages about rows would write personal data to the log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // O_APPEND, so that two servers that start at once do not overwrite each other's messages.
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants;
  const log = openSync(serverLog(directories.root), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600);
  try {
    if (directories.account) fchownSync(log, directories.account.uid, directories.account.gid);
    const server = spawn(binaries.postgres, ['-D', directories.cluster, '-p', String(port), ...args], {
      ...directories.account,
      cwd: '/',
      env: binaries.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    server.once('error', () => undefined);
    server.unref();
    return server;
  } finally {
    closeSync(log);
  }
}

/**
 * Waits until the server of the cluster answers. Undefined if no server runs: because none was started, or because the
 * given one, a child of this process, has exited and no other has started.
 */
async function waitUntilReady(cluster: string, started: ChildProcess | undefined): Promise<Postmaster | undefined> {
  const deadline = performance.now() + startPatience;
  const hasEnded = () => !started?.pid || started.exitCode !== null || started.signalCode !== null;
  for (;;) {
    const ended = hasEnded();
    const postmaster = readPostmaster(cluster);
    if (isRunning(postmaster)) {
      if (postmaster.ready && (await accepts(postmaster))) return postmaster;
    } else if (ended) {
      return undefined;
    }
    if (performance.now() > deadline) throw new Error(`PostgreSQL in ${cluster} does not answer.`);
    await delay(10);
  }
}

function serverLog(root: string): string {
  return join(root, 'postgres.log');
}

function lastWords(root: string): string {
  const lines = readFileSync(serverLog(root), 'utf8').trim().split('\n');
  const fatal = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
  return fatal.replace(/^.*?(FATAL|PANIC): +/, '') || `no reason given, see ${serverLog(root)}`;
}

async function createDatabase(postmaster: Postmaster): Promise<void> {
  const client = new pg.Client({ connectionString: connectionString(postmaster, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  } finally {
    await client.end();
  }
}

/** Another process has created it in the meantime: a duplicate database, or a duplicate key in the catalog. */
function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '42P04' || error.code === '23505');
}
