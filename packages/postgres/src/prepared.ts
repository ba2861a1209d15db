import { createHash } from 'node:crypto';
import pg from 'pg';

/** Names of prepared statements, by text. */
const names = new Map<string, string>();
let generation = 0;

/** Makes connections prepare this statement once, under this name. */
export function keepPrepared(name: string, text: string): void {
  names.set(text, name);
}

/** For composed texts. Only the first `most` are prepared, because each connection keeps them. */
export function prepareAtMost(most: number): (text: string) => void {
  const texts = new Set<string>();
  return (text) => {
    if (texts.has(text) || texts.size >= most) return;
    texts.add(text);
    keepPrepared(`composed.${createHash('sha256').update(text).digest('base64url').slice(0, 32)}`, text);
  };
}

export function preparedName(text: string): string | undefined {
  const name = names.get(text);
  return name === undefined || generation === 0 ? name : `${name}/${String(generation)}`;
}

/** True if a migration changed the result type of a prepared statement. Checks the code, as messages are localized. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';

/** Makes every connection prepare its statements again, under new names. */
export function prepareAgain(): void {
  generation += 1;
}
