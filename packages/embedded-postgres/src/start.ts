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
  /** Made where it is missing; given to the account of the server where this process is root. */
  dataDir: string;
  /** Server settings by name, as in postgresql.conf. An adopted server keeps those it was started with. */
  settings?: Readonly<Record<string, string>>;
  /** Receives one short line for each step that takes time. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the database `gatehouse`, over a Unix socket; accepted by pg and by MikroORM. */
  url: string;
  /** True where a server, left behind by a killed process, already ran on the directory. */
  adopted: boolean;
  /** Ends the server, whoever uses it. Harmless when it is already gone. */
  stop: () => Promise<void>;
}

const database = 'gatehouse';
/** Nothing listens on it: it is a part of the socket's name only. */
const port = 5432;
/** Milliseconds. Recovery after a crash replays the log, so this is far above the usual 50. */
const startPatience = 60_000;
/** Milliseconds for which a server that takes no connections may be on its way out. */
const endPatience = 5000;

/**
 * Runs a real PostgreSQL from node_modules on a directory of its own. It is no child of the process group, so a Ctrl-C
 * does not take it away below the application, and it outlives a killed parent: the next call on the directory adopts it.
 * Throws a one-line error where the directory or the system does not allow it.
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

/** Undefined where no server runs on the cluster, or the one that does is just ending. */
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

/** A Unix socket in a connection string: the directory as an encoded host name is the one form that every client reads. */
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
    // Another process is starting it, or the children of a killed server are still at work for a moment.
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
    // Messages about rows would put personal data into the file.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Appending, so that two who start at once do not write over each other's last words.
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
 * Follows the server of the cluster until it answers. Undefined where none runs: none was started, or the given one,
 * which is a child of this process, has ended and no other took its place.
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

/** Another process made it in the meantime: seen as a duplicate database, or as a duplicate key of the catalogue. */
function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '42P04' || error.code === '23505');
}
