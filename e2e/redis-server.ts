import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchDirectory, removeAbandoned } from '@gatehouse/testing/scratch-directory';
import { freePort } from '@gatehouse/sso/testing/peer-process';
import { comesUp, stopAbandonedProgram, stopProgram } from './program.ts';

export interface RedisServer {
  url: string;
  stop: () => Promise<void>;
}

/** Another process may take the free port before Redis does. */
const attempts = 5;

/** A throw-away server that keeps nothing on disk. Throws where it does not come up. */
export async function startRedisServer(binary: string): Promise<RedisServer> {
  await removeAbandoned('redis', (left) => stopAbandonedProgram(pidFile(left), ['redis-server']));
  const directory = createScratchDirectory('redis');
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = await freePort();
    const server = spawnServer(binary, directory, port);
    if (!(await comesUp(server, port))) continue;
    return {
      url: `redis://127.0.0.1:${String(port)}`,
      stop: async () => {
        await stopProgram(server);
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

const pidFile = (directory: string): string => join(directory, 'redis.pid');
