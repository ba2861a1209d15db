import type { DeletionId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { DeletionPart } from '@gatehouse/contract/deletion';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Context } from '../kernel/context.ts';
import { LEASE_END } from '../delivery/lease.ts';
import { record } from '../kernel/record.ts';
import { countOwned } from './count-owned.ts';
import { detachHistory } from './detach-history.ts';

const erasePendingApprovals = statement({
  name: 'approval.erase',
  text: `delete from approval where id in (select id from approval where developer_uid = ? and status = 'pending' limit ?)`,
  params: ['uuid', 'bigint'],
});
const eraseSubscriptions = statement({
  name: 'subscription.erase',
  text: 'delete from subscription where id in (select id from subscription where developer_uid = ? limit ?)',
  params: ['uuid', 'bigint'],
});
const eraseCredentials = statement({
  name: 'credential.erase',
  text: `delete from credential where id in
      (select c.id from credential c join application a on a.id = c.application_id where a.developer_uid = ? limit ?)`,
  params: ['uuid', 'bigint'],
});
const eraseApplications = statement({
  name: 'application.erase',
  text: 'delete from application where id in (select id from application where developer_uid = ? limit ?)',
  params: ['uuid', 'bigint'],
});
const eraseContexts = statement({
  name: 'event_context.erase',
  text: 'delete from event_context where event_id in (select event_id from event_context where developer_uid = ? limit ?)',
  params: ['uuid', 'bigint'],
});

/** Ordered so that no row refers to an erased one. `part` is null if the progress does not count the rows. */
const STEPS: { part: DeletionPart | null; erased: typeof eraseContexts }[] = [
  { part: 'approvals', erased: erasePendingApprovals },
  { part: 'subscriptions', erased: eraseSubscriptions },
  { part: 'credentials', erased: eraseCredentials },
  { part: 'applications', erased: eraseApplications },
  { part: null, erased: eraseContexts },
];

/**
 * Erases at most `limit` of the developer's records and records the progress, in one transaction. `done` means that only
 * the developer is left. Several workers may call it concurrently.
 */
export function eraseBatch(
  { em }: Pick<Context, 'em'>,
  deletionId: DeletionId,
  limit = 2000,
): Promise<{ done: boolean }> {
  return record({ em }, async (fork) => {
    const outcome = await erase(fork, deletionId, limit);
    // Last, so that the lease begins at the end of the batch.
    await lease.run(fork, [deletionId]);
    return outcome;
  });
}

const lease = statement({
  name: 'deletion.lease',
  text: `update deletion set due_at = ${LEASE_END} where id = ?`,
  params: ['uuid'],
});

const release = statement({
  name: 'deletion.release',
  text: 'update deletion set due_at = now() where id = ?',
  params: ['uuid'],
});

/** Ends the lease of a worker that stops, so that another worker's sweeper hands over the rest immediately. */
export const releaseDeletion = ({ em }: Pick<Context, 'em'>, deletionId: DeletionId): Promise<unknown> =>
  record({ em }, (fork) => release.run(fork, [deletionId]));

async function erase(fork: EntityManager, deletionId: DeletionId, limit: number): Promise<{ done: boolean }> {
  const deletion = await fork.findOneOrFail(Deletion, { id: deletionId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const { developer } = deletion;
  if (!developer || deletion.status === 'completed') return { done: true };
  if (deletion.status === 'pending') deletion.begin(await countOwned(fork, developer));
  let left = limit;
  for (const { part, erased } of STEPS) {
    const count = await erased.run(fork, [developer, left]);
    if (part) deletion.erased(part, count);
    left -= count;
    if (left <= 0) return { done: false };
  }
  left -= await detachHistory(fork, { deletion: deletion.id, developer, limit: left });
  return { done: left > 0 };
}
