import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isProgram } from '@gatehouse/db/embedded-postgres/postmaster';
import { createScratchDirectory, removeAbandoned } from '@gatehouse/db/testing/scratch-directory';
import { accepts, freePort } from './program.ts';

export interface RedisServer {
  url: string;
  stop: () => Promise<void>;
}

/** Another process may take the free port before Redis does. */
const attempts = 5;
/** Milliseconds until a started server must answer. */
const startPatience = 10_000;

/** A throw-away server that keeps nothing on disk. Throws where it does not come up. */
export async function startRedisServer(binary: string): Promise<RedisServer> {
  await removeAbandoned('redis', stopAbandoned);
  const directory = createScratchDirectory('redis');
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = await freePort();
    const server = spawnServer(binary, directory, port);
    if (!(await waitUntilReady(server, port))) continue;
    return {
      url: `redis://127.0.0.1:${String(port)}`,
      stop: async () => {
        await stop(server);
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
  rmSync(directory, { recursive: true, force: true });
  throw new Error(`${binary} did not start.`);
}

function spawnServer(binary: string, directory: string, port: number): ChildProcess {
  const options = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no', pidfile: pidFile(directory) };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // BullMQ warns about every other policy: a queue must not lose keys.
  return spawn(binary, [...args, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
}

async function waitUntilReady(server: ChildProcess, port: number): Promise<boolean> {
  const failed = new Promise<false>((resolve) => {
    server.once('error', () => resolve(false));
    server.once('exit', () => resolve(false));
  });
  const answers = async () => {
    const deadline = performance.now() + startPatience;
    while (performance.now() < deadline && server.exitCode === null) {
      if (await accepts(port)) return true;
      await delay(20);
    }
    await stop(server);
    return false;
  };
  return Promise.race([failed, answers()]);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}

async function stopAbandoned(directory: string): Promise<void> {
  const pid = Number(readIfThere(pidFile(directory)).trim());
  const runs = () => pid > 0 && isProgram(pid, 'redis-server');
  if (runs()) process.kill(pid, 'SIGKILL');
  while (runs()) await delay(10);
}

function pidFile(directory: string): string {
  return join(directory, 'redis.pid');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
