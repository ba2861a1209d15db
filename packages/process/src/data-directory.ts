import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from './start-error.ts';

/** Bytes that must find room. An empty file fits on a full disk. */
const PROBE = 4096;

/** Makes the directory where it is missing. Throws StartError unless this process can write files there. */
export function prepareDataDirectory(path: string): void {
  try {
    make(path);
    probe(path);
  } catch (error) {
    const { code, message } =
      error instanceof Error && 'code' in error ? error : { code: 'unknown', message: String(error) };
    throw new StartError(
      `GATEHOUSE_DATA_DIR must name a directory that can be written: ${path} ${reasonOf(code, message)}.`,
      {
        cause: error,
      },
    );
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'cannot be made there',
  ENOTDIR: 'is a file, or below one',
  EEXIST: 'is a file, or below one',
  EACCES: 'is closed to this user',
  EPERM: 'is closed to this user',
  EROFS: 'is on a file system that can only be read',
  ENOSPC: 'has no space left',
  EDQUOT: 'has no space left',
};

const reasonOf = (code: unknown, message: string): string => REASONS[String(code)] ?? `cannot be used (${message})`;

/** One directory after the other: `recursive` never returns below /proc, where a directory that is missing stays so. */
function make(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) make(dirname(path));
  mkdirSync(path);
  // Whatever the umask: the account that PostgreSQL runs as must get through to its own directory.
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
