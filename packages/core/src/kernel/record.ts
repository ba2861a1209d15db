import { transaction } from '@gatehouse/db/transaction';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Context } from './context.ts';
import { retrying, takesNoChanges, translated } from './database-errors.ts';

/**
 * A transaction without an event, for bookkeeping that does not belong in the audit log: delivery attempts, the progress
 * of a deletion, `last_used_at`. State that callers change never changes here. `run` may run again after a deadlock.
 */
export function record<T>(context: Pick<Context, 'em'>, run: (em: EntityManager) => Promise<T>): Promise<T> {
  return translated(() => retrying(() => transaction(context.em, run)));
}

/** Like `record`, for bookkeeping of a read. A standby or a full disk must not fail the read. */
export async function note(context: Pick<Context, 'em'>, run: (em: EntityManager) => Promise<unknown>): Promise<void> {
  try {
    await record(context, run);
  } catch (error) {
    if (!takesNoChanges(error)) throw error;
  }
}
