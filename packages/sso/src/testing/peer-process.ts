import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds until a started server must answer. */
const START_PATIENCE = 20_000;
/** Another process may take the free port before the server does. */
const ATTEMPTS = 3;

export type PeerProcess = AsyncDisposable & {
  port: number;
  directory: string;
  /** All that it printed. */
  log(): string;
};
type Ground = { port: number; directory: string };
type Command = { program: string; args: string[]; env?: Record<string, string> };

/**
 * A server on a free port in a directory of its own, which `prepare` fills; it is up when `path` answers well; null: when
 * it takes connections.
 */
export async function startPeer(
  kind: string,
  path: string | null,
  prepare: (ground: Ground) => Command | Promise<Command>,
): Promise<PeerProcess> {
  removeAbandoned(kind);
  let output = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const ground = {
      port: await freePort(),
      directory: mkdtempSync(join(tmpdir(), `gatehouse-${kind}-${String(process.pid)}-`)),
    };
    const { program, args, env } = await prepare(ground);
    const server = spawn(program, args, {
      cwd: ground.directory,
      env: { PATH: process.env.PATH, HOME: ground.directory, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const dispose = async (): Promise<void> => {
      await stop(server);
      rmSync(ground.directory, { recursive: true, force: true });
    };
    if (await comesUp(server, () => (path === null ? accepts(ground.port) : answers(ground.port, path))))
      return { ...ground, log: () => output, [Symbol.asyncDispose]: dispose };
    await dispose();
  }
  throw new Error(`${kind} did not start:\n${output}`);
}

/** What killed runs left behind. Where there is no /proc, the servers among it go on. */
function removeAbandoned(kind: string): void {
  const pattern = new RegExp(`^gatehouse-${kind}-(\\d+)-`);
  const names = readdirSync(tmpdir()).filter((name) => isGone(pattern.exec(name)?.[1]));
  const directories = new Set(names.map((name) => join(tmpdir(), name)));
  if (directories.size === 0) return;
  for (const pid of tried(() => readdirSync('/proc')) ?? [])
    if (/^\d+$/.test(pid) && directories.has(tried(() => readlinkSync(`/proc/${pid}/cwd`)) ?? ''))
      tried(() => process.kill(Number(pid), 'SIGTERM'));
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

const isGone = (pid: string | undefined): boolean =>
  pid !== undefined && tried(() => process.kill(Number(pid), 0)) === null;

/** Null where it fails. */
function tried<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Another process may take it first. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function comesUp(server: ChildProcess, isUp: () => Promise<boolean>): Promise<boolean> {
  server.once('error', () => undefined);
  const deadline = performance.now() + START_PATIENCE;
  while (performance.now() < deadline && server.pid !== undefined && server.exitCode === null) {
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
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}
