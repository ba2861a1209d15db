import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';

const lock = statement({
  name: 'lock.text',
  text: 'select from pg_advisory_xact_lock(hashtextextended(?, 0))',
  params: ['text'],
});

/** Until this transaction ends, no other holds the lock of this text. */
export const lockText = (em: EntityManager, text: string): Promise<unknown> => lock.run(em, [text]);
