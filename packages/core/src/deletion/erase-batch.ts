import type { DeletionId } from '@gatehouse/contract/ids';
import { entityBy } from '@gatehouse/db/entities-by';
import { statement } from '@gatehouse/db/statement';
import type { DeletionPart } from '@gatehouse/contract/deletion';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Context } from '../kernel/context.ts';
import { LEASE_END } from '../delivery/lease.ts';
import { record } from '../kernel/record.ts';
import { detachHistory } from './detach-history.ts';

/** The most rows of one statement, which takes a few milliseconds. */
const ROWS = 500;

/** The order is that of an index. Without it, PostgreSQL reads a whole table for a developer who owns much of it. */
const eraseSome = (table: string, order: string, condition = 'true'): string =>
  `delete from ${table} where id = any(array(
     select id from ${table} where developer_uid = ? and ${condition} order by ${order} limit ${String(ROWS)}))`;

const pendingApprovals = statement({
  name: 'approval.erase',
  text: eraseSome('approval', 'applied_at, id', `status = 'pending'`),
  params: ['uuid'],
});
const subscriptions = statement({
  name: 'subscription.erase',
  text: eraseSome('subscription', 'subscribed_at, id'),
  params: ['uuid'],
});
const credentials = statement({
  name: 'credential.erase',
  text: eraseSome('credential', 'created_at, id'),
  params: ['uuid'],
});
const applications = statement({
  name: 'application.erase',
  text: eraseSome('application', 'created_at, id'),
  params: ['uuid'],
});
const contexts = statement({
  name: 'event_context.erase',
  text: `delete from event_context where event_id = any(array(
    select event_id from event_context where developer_uid = ? limit ${String(ROWS)}))`,
  params: ['uuid'],
});

/** Ordered so that no row refers to an erased one. `part` is null if the progress does not count the rows. */
const STEPS: { part: DeletionPart | null; some: typeof contexts }[] = [
  { part: 'approvals', some: pendingApprovals },
  { part: 'subscriptions', some: subscriptions },
  { part: 'credentials', some: credentials },
  { part: 'applications', some: applications },
  { part: null, some: contexts },
];

/**
 * Erases records of the developer and records the progress, in one transaction: one statement, and more while `goesOn`.
 * `done` means that only the developer is left. Several workers may call it concurrently.
 */
export function eraseBatch(
  { em }: Pick<Context, 'em'>,
  deletionId: DeletionId,
  goesOn: () => boolean,
): Promise<{ done: boolean }> {
  return record({ em }, async (fork) => {
    const deletion = await entityBy(fork, Deletion, { where: 'e.id = ?', values: [deletionId], lock: 'for update' });
    if (!deletion || deletion.status === 'completed') return { done: true };
    const done = await erase(fork, deletion, goesOn);
    // With the commit, so that the lease begins at the end of the batch.
    lease.atCommit(fork, [deletionId]);
    return { done };
  });
}

async function erase(fork: EntityManager, deletion: Deletion, goesOn: () => boolean): Promise<boolean> {
  const { id, developer } = deletion;
  if (!developer) return true;
  for (const { part, some } of STEPS) {
    for (let count = ROWS; count === ROWS;) {
      count = await some.run(fork, [developer]);
      if (part) deletion.erased(part, count);
      if (count > 0 && !goesOn()) return false;
    }
  }
  return (await detachHistory(fork, { deletion: id, developer, limit: ROWS })) < ROWS;
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
