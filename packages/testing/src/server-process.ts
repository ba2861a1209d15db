import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '@gatehouse/embedded-postgres/account';
import { listen } from './listen.ts';
import { SEARCH_PATH } from './programs.ts';
import { createScratchDirectory, removeAbandoned } from './scratch-directory.ts';

/** Milliseconds in which a started server must answer. */
const START_PATIENCE = 20_000;
/** Milliseconds until a stopping server is killed, because PgBouncer waits for its clients. */
const STOP_PATIENCE = 3000;
/** More than one, because another process can take the free port first. */
const ATTEMPTS = 3;

export type ServerProcess = AsyncDisposable & {
  port: number;
  directory: string;
  /** The output so far. */
  log(): string;
};

/** `directory` is empty at first and belongs to one server. It is the working directory and home of the server. */
export type Ground = { port: number; directory: string };
type Command = { program: string; args: string[]; env?: Record<string, string>; account?: Account | undefined };
type Server = {
  /** A part of the directory's name, by which later runs find directories of killed runs. */
  kind: string;
  /** Writes the server's files and returns the command that runs it in the foreground. */
  prepare: (ground: Ground) => Command | Promise<Command>;
  /** The path that answers 2xx once the server is up. Without one, the server is up when it accepts connections. */
  path?: string;
};

/** Starts a server on a free port. Throws with the server's output if it does not come up. */
export async function startServer({ kind, prepare, path }: Server): Promise<ServerProcess> {
  await removeAbandoned(kind);
  let output = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const ground = { port: await freePort(), directory: createScratchDirectory(kind) };
    const server = spawnIn(ground.directory, await prepare(ground));
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    const dispose = async (): Promise<void> => {
      await stop(server);
      rmSync(ground.directory, { recursive: true, force: true });
    };
    if (await comesUp(server, () => (path === undefined ? accepts(ground.port) : answers(ground.port, path))))
      return { ...ground, log: () => output, [Symbol.asyncDispose]: dispose };
    await dispose();
  }
  throw new Error(`${kind} did not start:\n${output}`);
}

function spawnIn(directory: string, { program, args, env, account }: Command): ChildProcess {
  if (account)
    for (const path of ['.', ...readdirSync(directory)]) chownSync(join(directory, path), account.uid, account.gid);
  return spawn(program, args, {
    ...account,
    cwd: directory,
    env: { PATH: SEARCH_PATH, HOME: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Returns a port that is free now, but that another process can take at any time. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function comesUp(server: ChildProcess, isUp: () => Promise<boolean>): Promise<boolean> {
  server.once('error', () => undefined);
  const deadline = performance.now() + START_PATIENCE;
  while (performance.now() < deadline && isRunning(server)) {
    if (await isUp()) return true;
    await delay(20);
  }
  return false;
}

const answers = (port: number, path: string): Promise<boolean> =>
  fetch(`http://127.0.0.1:${String(port)}${path}`).then(
    ({ ok }) => ok,
    () => false,
  );

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (!isRunning(server)) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  const killing = setTimeout(() => server.kill('SIGKILL'), STOP_PATIENCE);
  await exited;
  clearTimeout(killing);
}

const isRunning = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid !== undefined && exitCode === null && signalCode === null;
