import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { type Directories, makeOwned, messageOf } from './directories.ts';
import { isAlive } from './postmaster.ts';

const run = promisify(execFile);

/** The only role; nobody but the owner of the socket directory reaches the server, so it has no password. */
export const role = 'app';

/** Makes the cluster unless there is one. Several processes may try at once: the first to finish wins. */
export async function ensureCluster(directories: Directories, binaries: Binaries, durable: boolean): Promise<void> {
  const { root, cluster, account } = directories;
  const exists = () => existsSync(join(cluster, 'PG_VERSION'));
  removeUnfinished(root);
  if (exists()) return;
  const unfinished = join(root, `init-${String(process.pid)}`);
  makeOwned(unfinished, account, 0o700);
  // Not the locales of the system: their sort order changes with its version, and corrupts indexes.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const options = ['-D', unfinished, '-U', role, '--encoding=UTF8', '--no-instructions', ...locale, ...access];
  if (!durable) options.push('--no-sync');
  try {
    await run(binaries.initdb, options, { ...account, env: binaries.env, cwd: '/' });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`Cannot make the database in ${root}: ${reasonIn(messageOf(error))}.`, { cause: error });
  }
  try {
    renameSync(unfinished, cluster);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!exists()) throw error;
  }
}

/** What a killed process left half made. */
function removeUnfinished(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = /^init-(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
    rmSync(join(root, name), { recursive: true, force: true });
  }
}

function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  return lines.findLast((line) => /error:|FATAL:/.test(line)) ?? lines.at(-1) ?? '';
}
