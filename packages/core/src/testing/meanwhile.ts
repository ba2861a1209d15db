import type { EntityManager } from '@mikro-orm/postgresql';
import { codeOf, type CoreTest } from './core-test.ts';

const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** The error code of a call that begins while another transaction has an uncommitted change. */
export async function meanwhile(
  core: CoreTest,
  change: (em: EntityManager) => Promise<unknown>,
  call: () => Promise<unknown>,
): Promise<string> {
  const fork = core.orm().em.fork();
  const { ended } = await fork.transactional(async (em) => {
    await change(em);
    const code = codeOf(call());
    let hasEnded = false;
    void code.finally(() => (hasEnded = true)).catch(() => null);
    // A call that needs no lock ends without waiting.
    while (!hasEnded && (await core.rows(WAITING)).length === 0) await new Promise(setImmediate);
    return { ended: code };
  });
  return ended;
}
