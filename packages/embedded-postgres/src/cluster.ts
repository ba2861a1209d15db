import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { type Directories, makeOwned, messageOf } from './directories.ts';
import { isAlive } from './postmaster.ts';

const run = promisify(execFile);

/** The only role. It has no password, because only the owner of the socket directory can reach the server. */
export const role = 'app';

/** Creates the cluster unless it exists. If several processes do so at once, the first to finish wins. */
export async function ensureCluster(directories: Directories, binaries: Binaries, durable: boolean): Promise<void> {
  const { root, cluster, account } = directories;
  const exists = () => existsSync(join(cluster, 'PG_VERSION'));
  removeUnfinished(root);
  if (exists()) return;
  const unfinished = join(root, `init-${String(process.pid)}`);
  makeOwned(unfinished, account, 0o700);
  // Not a locale of the system, because its sort order can change with an update and corrupt indexes.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const options = ['-D', unfinished, '-U', role, '--encoding=UTF8', '--no-instructions', ...locale, ...access];
  if (!durable) options.push('--no-sync');
  try {
    await run(binaries.initdb, options, { ...account, env: binaries.env, cwd: '/' });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`Cannot create the database in ${root}: ${reasonIn(messageOf(error))}.`, { cause: error });
  }
  try {
    renameSync(unfinished, cluster);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!exists()) throw error;
  }
}

/** Removes clusters that a killed process has left unfinished. */
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
