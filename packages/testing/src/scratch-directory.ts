import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@gatehouse/embedded-postgres/postmaster';

/** Creates a directory for a temporary server, named after this process so that `removeAbandoned` can find it. */
export function createScratchDirectory(kind: string): string {
  return mkdtempSync(join(tmpdir(), `gatehouse-${kind}-${String(process.pid)}-`));
}

/** Removes the directories of killed runs. Before that, `stop` stops a server that still runs in the directory. */
export async function removeAbandoned(
  kind: string,
  stop: (directory: string) => Promise<void> | void = stopProcessesIn,
): Promise<void> {
  const pattern = new RegExp(`^gatehouse-${kind}-(\\d+)-`);
  for (const name of readdirSync(tmpdir())) {
    const pid = pattern.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const directory = join(tmpdir(), name);
    try {
      await stop(directory);
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // It belongs to another user, or another run is removing it.
    }
  }
}

/** Stops the processes whose working directory this is. Without /proc, as on macOS, they keep running. */
function stopProcessesIn(directory: string): void {
  for (const pid of tried(() => readdirSync('/proc')) ?? [])
    if (/^\d+$/.test(pid) && tried(() => readlinkSync(`/proc/${pid}/cwd`)) === directory)
      tried(() => process.kill(Number(pid), 'SIGTERM'));
}

/** Null if the call throws. */
function tried<T>(call: () => T): T | null {
  try {
    return call();
  } catch {
    return null;
  }
}
