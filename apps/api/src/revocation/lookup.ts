import { GatehouseError } from '@gatehouse/contract/errors';

/** Milliseconds for a look-up in the database. A later answer could be older than the promised second. */
const FRESH_FOR = 1000;

/** When a look-up began: `stamp` by `Revocations`, `begun` by `performance.now`, which is never set back. */
export type LookupStart = { stamp: number; begun: number };

/** Throws `overloaded` if the database answers too late. */
export async function whileFresh<T>(lookup: Promise<T>): Promise<T> {
  const begun = performance.now();
  const found = await lookup;
  if (performance.now() - begun <= FRESH_FOR) return found;
  throw new GatehouseError('overloaded', 'The database is too slow to answer. Retry shortly.');
}
