import pg from 'pg';

/** Names of the texts that connections prepare once and keep. */
const names = new Map<string, string>();
let generation = 0;

/** From now on, connections that prepare statements run the text under this name. */
export function keepPrepared(name: string, text: string): void {
  names.set(text, name);
}

export function preparedName(text: string): string | undefined {
  const name = names.get(text);
  return name === undefined || generation === 0 ? name : `${name}/${String(generation)}`;
}

/** A migration changed the result of a statement that was prepared before it. The message depends on the locale. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';

/** Every connection prepares its statements again, under new names. */
export function prepareAgain(): void {
  generation += 1;
}
