import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The running server, as its own `postmaster.pid` describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  socketDir: string;
  ready: boolean;
}

/** No process has it: the kernel's limit is 4,194,304. */
const impossiblePid = 2_000_000_000;
/** Milliseconds a server gets to roll back and write out what it holds before it is made to stop at once. */
const stopPatience = 15_000;

/** Undefined where the file is missing or not yet complete. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const [pid, , , port, socketDir, , , status] = linesOf(join(cluster, 'postmaster.pid'));
  if (!pid || !port || !socketDir) return undefined;
  return { pid: Math.abs(Number(pid)), port: Number(port), socketDir, ready: status?.trim() === 'ready' };
}

/** Whether a process has this number, be it ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the number belongs to a live process of this name: not to a zombie, nor to one that took it over. */
function isProgram(pid: number, name: string): boolean {
  if (process.platform !== 'linux') return isAlive(pid);
  const stat = linesOf(`/proc/${String(pid)}/stat`).join(' ');
  const end = stat.lastIndexOf(')');
  const state = stat[end + 2] ?? 'X';
  return stat.slice(stat.indexOf('(') + 1, end) === name && state !== 'Z' && state !== 'X';
}

/** Whether a server of this cluster runs, ready or not. */
export function isRunning(postmaster: Postmaster | undefined): postmaster is Postmaster {
  return postmaster !== undefined && isProgram(postmaster.pid, 'postgres');
}

/** Whether somebody listens on its socket. */
export function accepts(postmaster: Postmaster): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath(postmaster.socketDir, postmaster.port));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * PostgreSQL asks only whether the number in its lock file is taken, so a zombie or a stranger that has the number now
 * keeps it from starting. The number is replaced, not the file removed: PostgreSQL must still find the shared memory
 * named there, to be sure that no child of the dead server is at work on the files.
 */
export function releaseStaleLocks(cluster: string, socketDir: string, port: number): void {
  const file = join(cluster, 'postmaster.pid');
  const [pid, ...rest] = linesOf(file);
  if (pid && isAlive(Math.abs(Number(pid))) && !isProgram(Math.abs(Number(pid)), 'postgres')) {
    writeFileSync(file, [String(impossiblePid), ...rest].join('\n'));
  }
  const lock = `${socketPath(socketDir, port)}.lock`;
  const [holder] = linesOf(lock);
  if (holder && !isProgram(Math.abs(Number(holder)), 'postgres')) rmSync(lock, { force: true });
}

/** Resolves when the process is gone. Open connections are ended, their transactions rolled back. */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  const isOurs = () => readPostmaster(cluster)?.pid === pid && isProgram(pid, 'postgres');
  if (!isOurs()) return;
  signal(pid, 'SIGINT');
  const deadline = performance.now() + stopPatience;
  let forced = false;
  while (isProgram(pid, 'postgres')) {
    if (!forced && performance.now() > deadline) {
      forced = true;
      signal(pid, 'SIGQUIT');
    }
    await delay(5);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (isProgram(pid, 'postgres')) throw error;
  }
}

function socketPath(socketDir: string, port: number): string {
  return join(socketDir, `.s.PGSQL.${String(port)}`);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
