import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Account, ownerOf, serverAccount } from './account.ts';

/** Everything the server keeps lies in `root`, except a socket whose path would be too long. */
export interface Directories {
  root: string;
  cluster: string;
  socket: string;
  account: Account | undefined;
}

const run = promisify(execFile);
/** A socket's whole path may have 107 bytes on Linux, 103 on macOS; the file name takes up to 20 of them. */
const longestSocketDir = 80;

/** Throws a one-line error where the directory cannot be made, or not be entered by the account of the server. */
export async function prepareDirectories(dataDir: string): Promise<Directories> {
  const root = resolve(dataDir);
  // The major version is in the name: a cluster of one is not readable by another.
  const cluster = join(root, 'pg18');
  const account = serverAccount(cluster);
  makeOwned(root, account);
  await assertUsable(root, account);
  assertOwnCluster(cluster, account);
  const socket = prepareSocketDir(root, account);
  return { root, cluster, socket, account };
}

/** Makes the directory where it is missing, and hands it to the account where one is given. */
export function makeOwned(path: string, account: Account | undefined, mode?: number): void {
  try {
    mkdirSync(path, { recursive: true, ...(mode !== undefined && { mode }) });
    if (account) chownSync(path, account.uid, account.gid);
  } catch (error) {
    throw new Error(`Cannot make the directory ${path}: ${messageOf(error)}.`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function assertUsable(root: string, account: Account | undefined): Promise<void> {
  try {
    await run('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', root], { ...account, cwd: '/', env: {} });
  } catch (error) {
    const who = account
      ? `user ${String(account.uid)}, as which PostgreSQL runs because it refuses root`
      : 'the current user';
    throw new Error(
      `The data directory ${root} cannot be written by ${who}. Choose one outside /root and other private directories.`,
      { cause: error },
    );
  }
}

/** A cluster made by somebody else, for example by an earlier start under sudo, is unreadable to this user. */
function assertOwnCluster(cluster: string, account: Account | undefined): void {
  const owner = ownerOf(cluster)?.uid;
  const expected = account?.uid ?? process.getuid?.();
  if (owner === undefined || owner === expected) return;
  throw new Error(`The database in ${cluster} belongs to user ${String(owner)}: start as that user, or as root.`);
}

function prepareSocketDir(root: string, account: Account | undefined): string {
  const inside = join(root, 's');
  const short = Buffer.byteLength(inside) <= longestSocketDir;
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const socket = short ? inside : join(tmpdir(), `gatehouse-${digest}`);
  if (!existsSync(socket)) makeOwned(socket, account, 0o700);
  // The temporary directory is everybody's: somebody else may have made this one, or a link, to listen in.
  const stats = lstatSync(socket);
  const expected = account?.uid ?? process.getuid?.();
  if (!stats.isDirectory() || (expected !== undefined && stats.uid !== expected)) {
    throw new Error(`The socket directory ${socket} belongs to another user.`);
  }
  chmodSync(socket, 0o700);
  return socket;
}
