import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';

const lock = statement({
  name: 'lock.text',
  text: 'select from pg_advisory_xact_lock(hashtextextended(?, 0))',
  params: ['text'],
});

/** Holds an advisory lock on the text until the transaction ends. */
export const lockText = (em: EntityManager, text: string): Promise<unknown> => lock.run(em, [text]);
