import { type DeletionId, rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { keyColumn, takeDue } from '../delivery/due.ts';

const due = statement({
  name: 'deletion.take_due',
  text: takeDue({ table: 'deletion', unfinished: `status <> 'completed'`, returning: 'deletion.id' }),
  params: ['bigint'],
  row: z.object({ id: rowId.deletion, key: keyColumn }),
});

const unfinished = statement({
  name: 'deletion.unfinished',
  text: `select id from deletion where id = any(?) and status <> 'completed' order by id`,
  params: ['uuid[]'],
  row: z.object({ id: rowId.deletion }),
});

/** Those of these deletions that are not completed. */
export async function unfinishedDeletions(em: EntityManager, ids: readonly DeletionId[]): Promise<DeletionId[]> {
  return (await unfinished.all(em.fork(), [ids])).map(({ id }) => id);
}

/** Takes at most `limit` deletions that no worker is working on. */
export const takeDueDeletions = (em: EntityManager, limit: number) => due.all(em, [limit]);
