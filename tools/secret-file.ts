import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The secret of this data directory, which the first call generates. */
export function readOrMakeSecret(dataDir: string): string {
  const path = join(dataDir, 'secret');
  if (!existsSync(path)) make(path);
  return readFileSync(path, 'utf8').trim();
}

/** Atomic, and never overwrites an existing secret: data encrypted with it would be lost. */
function make(path: string): void {
  const unfinished = `${path}.${String(process.pid)}`;
  writeFileSync(unfinished, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}
