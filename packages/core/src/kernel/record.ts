import type { EntityManager } from '@mikro-orm/postgresql';
import type { Context } from './context.ts';
import { takesNoChanges, translated } from './database-errors.ts';

/**
 * Bookkeeping that does not belong in the audit log (attempts at a mail, progress of a deletion, `last_used_at`): a
 * transaction of its own, without an event. State that a caller decides on never changes here.
 */
export function record<T>(context: Pick<Context, 'em'>, run: (em: EntityManager) => Promise<T>): Promise<T> {
  return translated(() =>
    context.em.fork().transactional(async (em) => {
      const result = await run(em);
      await em.flush();
      return result;
    }),
  );
}

/** As `record`, for what a read notes besides: a standby or a full disk must not keep it from being answered. */
export async function note(context: Pick<Context, 'em'>, run: (em: EntityManager) => Promise<unknown>): Promise<void> {
  try {
    await record(context, run);
  } catch (error) {
    if (!takesNoChanges(error)) throw error;
  }
}
