import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { jobIdColumn, takeDue } from '../delivery/due.ts';

const due = statement({
  name: 'deletion.take_due',
  text: takeDue({ table: 'deletion', unfinished: `status <> 'completed'`, returning: 'deletion.id' }),
  params: ['bigint'],
  row: z.object({ id: rowId.deletion, jobId: jobIdColumn }),
});

/** Takes at most `limit` deletions that no worker is working on. */
export const takeDueDeletions = (em: EntityManager, limit: number) => due.all(em, [limit]);
