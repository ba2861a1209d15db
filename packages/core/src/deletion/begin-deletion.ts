import { DELETION_PARTS } from '@gatehouse/contract/deletion';
import { type DeletionId, rowId } from '@gatehouse/contract/ids';
import { NO_PROGRESS } from '@gatehouse/db/entities/deletion.entity';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { LEASE_END } from '../delivery/lease.ts';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';
import { countOwned } from './count-owned.ts';

const pending = statement({
  name: 'deletion.pending',
  text: `select developer_uid as developer from deletion where id = ? and status = 'pending'`,
  params: ['uuid'],
  row: z.object({ developer: rowId.developer.nullable() }),
});

const begin = statement({
  name: 'deletion.begin',
  text: `update deletion set status = 'running', progress = ?, due_at = ${LEASE_END} where id = ? and status = 'pending'`,
  params: ['jsonb', 'uuid'],
});

/**
 * Counts what the developer owns and marks the deletion as running. Counting can take long, so no row is locked before it
 * ends.
 */
export function beginDeletion({ em }: Pick<Context, 'em'>, id: DeletionId): Promise<void> {
  return record({ em }, async (fork) => {
    const found = await pending.first(fork, [id]);
    if (!found?.developer) return;
    const totals = await countOwned(fork, found.developer);
    const progress = { ...NO_PROGRESS };
    for (const part of DELETION_PARTS) progress[part] = { total: totals[part], erased: 0 };
    begin.atCommit(fork, [JSON.stringify(progress), id]);
  });
}
