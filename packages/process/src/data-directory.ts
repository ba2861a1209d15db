import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from './start-error.ts';

/** Bytes to write as a test. An empty file fits even on a full disk. */
const PROBE = 4096;

/** Creates the directory if it is missing. Throws StartError unless this process can write files there. */
export function prepareDataDirectory(path: string): void {
  try {
    make(path);
    probe(path);
  } catch (error) {
    const { code, message } =
      error instanceof Error && 'code' in error ? error : { code: 'unknown', message: String(error) };
    throw new StartError(`GATEHOUSE_DATA_DIR must name a writable directory: ${path} ${reasonOf(code, message)}.`, {
      cause: error,
    });
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'cannot be created there',
  ENOTDIR: 'is a file or lies below one',
  EEXIST: 'is a file or lies below one',
  EACCES: 'is not writable for this user',
  EPERM: 'is not writable for this user',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'has no space left',
  EDQUOT: 'has no space left',
};

const reasonOf = (code: unknown, message: string): string => REASONS[String(code)] ?? `cannot be used (${message})`;

/** Creates one directory at a time: `mkdirSync` with `recursive` never returns for a missing directory below /proc. */
function make(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) make(dirname(path));
  mkdirSync(path);
  // Overrides the umask, because PostgreSQL may run as another user and must reach its own directory below this one.
  chmodSync(path, 0o755);
}

function probe(path: string): void {
  if (!statSync(path).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
  const file = join(path, `.writable-${String(process.pid)}`);
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, Buffer.alloc(PROBE));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    rmSync(file, { force: true });
  }
}
