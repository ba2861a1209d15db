import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isProgram } from '@gatehouse/embedded-postgres/postmaster';

/** Milliseconds until a started server must answer. */
const START_PATIENCE = 10_000;

/** Where a program lies on a search path; undefined where it is not installed. */
export function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** False where it has ended, as for want of the port, or does not come up; it is stopped then. */
export async function comesUp(server: ChildProcess, port: number): Promise<boolean> {
  const failed = new Promise<false>((resolve) => {
    server.once('error', () => resolve(false));
    server.once('exit', () => resolve(false));
  });
  const answers = async () => {
    const deadline = performance.now() + START_PATIENCE;
    while (performance.now() < deadline && server.exitCode === null) {
      if (await accepts(port)) return true;
      await delay(20);
    }
    await stopProgram(server);
    return false;
  };
  return Promise.race([failed, answers()]);
}

export async function stopProgram(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}

/** Ends the program of a killed run, by the file in which its process id was written down. */
export async function stopAbandonedProgram(pidFile: string, names: readonly string[]): Promise<void> {
  const pid = Number(readIfThere(pidFile).trim());
  const runs = () => pid > 0 && names.some((name) => isProgram(pid, name));
  if (runs()) process.kill(pid, 'SIGTERM');
  while (runs()) await delay(10);
}

/** The text of a file; nothing where there is none. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
