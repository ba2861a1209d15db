import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../embedded-postgres/postmaster.ts';

/** Makes a directory for a throw-away server. Its name tells whose it is, for `removeAbandoned`. */
export function createScratchDirectory(kind: string): string {
  return mkdtempSync(join(tmpdir(), `gatehouse-${kind}-${String(process.pid)}-`));
}

/** Removes what killed runs left behind, after `stop` has ended the server that may still run in there. */
export async function removeAbandoned(kind: string, stop: (directory: string) => Promise<void>): Promise<void> {
  const pattern = new RegExp(`^gatehouse-${kind}-(\\d+)-`);
  for (const name of readdirSync(tmpdir())) {
    const pid = pattern.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const directory = join(tmpdir(), name);
    try {
      await stop(directory);
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Another user's, or another run is at it: theirs to remove.
    }
  }
}
