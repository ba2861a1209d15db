import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The running server, as described by its `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  socketDir: string;
  ready: boolean;
}

/** Higher than any process id, which the Linux kernel limits to 4,194,304. */
const impossiblePid = 2_000_000_000;
/** Milliseconds that a server has to roll back and write its data to disk, before it must stop immediately. */
const stopPatience = 15_000;

/** Undefined if the file is missing or incomplete. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const [pid, , , port, socketDir, , , status] = linesOf(join(cluster, 'postmaster.pid'));
  if (!pid || !port || !socketDir) return undefined;
  return { pid: Math.abs(Number(pid)), port: Number(port), socketDir, ready: status?.trim() === 'ready' };
}

/** Whether a process with this id exists, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the id belongs to a running process of this name, and not to a zombie or to another program. */
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

/** Whether the server accepts connections on its socket. */
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
 * PostgreSQL does not start if any process has the id in its lock file, even a zombie or another program. This replaces
 * the id and keeps the file, because PostgreSQL also reads the shared memory key in it, to check that no child of the
 * dead server still uses the files.
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

/** Resolves when the process has exited. Open connections end, and their transactions are rolled back. */
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
