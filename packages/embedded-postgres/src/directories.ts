import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Account, ownerOf, serverAccount } from './account.ts';

/** All files of the server are in `root`, except a socket whose path would be too long. */
export interface Directories {
  root: string;
  cluster: string;
  socket: string;
  account: Account | undefined;
}

const run = promisify(execFile);
/** In bytes. The path of a socket can have 107 bytes on Linux and 103 on macOS, of which its file name takes up to 20. */
const longestSocketDir = 80;

/** Throws a one-line error if the directory cannot be created, or the account of the server cannot write to it. */
export async function prepareDirectories(dataDir: string): Promise<Directories> {
  const root = resolve(dataDir);
  // The name has the major version, because another major version cannot read the cluster.
  const cluster = join(root, 'pg18');
  const account = serverAccount(cluster);
  makeOwned(root, account);
  await assertUsable(root, account);
  assertOwnCluster(cluster, account);
  const socket = prepareSocketDir(root, account);
  return { root, cluster, socket, account };
}

/** Creates the directory if it is missing, and makes the account its owner if one is given. */
export function makeOwned(path: string, account: Account | undefined, mode?: number): void {
  try {
    mkdirSync(path, { recursive: true, ...(mode !== undefined && { mode }) });
    if (account) chownSync(path, account.uid, account.gid);
  } catch (error) {
    throw new Error(`Cannot create the directory ${path}: ${messageOf(error)}.`, { cause: error });
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
      ? `user ${String(account.uid)}, which runs PostgreSQL because PostgreSQL refuses to run as root`
      : 'the current user';
    throw new Error(
      `The data directory ${root} is not writable for ${who}. Choose one outside /root and other private directories.`,
      { cause: error },
    );
  }
}

/** This user cannot read a cluster of another user, for example of an earlier start with sudo. */
function assertOwnCluster(cluster: string, account: Account | undefined): void {
  const owner = ownerOf(cluster)?.uid;
  const expected = account?.uid ?? process.getuid?.();
  if (owner === undefined || owner === expected) return;
  throw new Error(`The database in ${cluster} belongs to user ${String(owner)}. Start as that user or as root.`);
}

function prepareSocketDir(root: string, account: Account | undefined): string {
  const inside = join(root, 's');
  const short = Buffer.byteLength(inside) <= longestSocketDir;
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const socket = short ? inside : join(tmpdir(), `gatehouse-${digest}`);
  if (!existsSync(socket)) makeOwned(socket, account, 0o700);
  // All users can write to the temporary directory, so another user could have created this directory, or a link.
  const stats = lstatSync(socket);
  const expected = account?.uid ?? process.getuid?.();
  if (!stats.isDirectory() || (expected !== undefined && stats.uid !== expected)) {
    throw new Error(
      `The socket directory ${socket} belongs to another user. Remove it, or choose a data directory with a shorter path.`,
    );
  }
  chmodSync(socket, 0o700);
  return socket;
}
