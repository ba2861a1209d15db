import type { DeletionId } from '@gatehouse/contract/ids';
import { entityBy } from '@gatehouse/db/entities-by';
import { statement, sure } from '@gatehouse/db/statement';
import type { DeletionPart } from '@gatehouse/contract/deletion';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Context } from '../kernel/context.ts';
import { LEASE_END } from '../delivery/lease.ts';
import { record } from '../kernel/record.ts';
import { detachHistory } from './detach-history.ts';

/** The most rows of one statement, which takes a few milliseconds. */
const ROWS = 500;

/**
 * The order is that of an index. Without it, PostgreSQL reads a whole table for a developer who owns much of it. `found`
 * counts rows that another transaction changes meanwhile, so that they do not end the search.
 */
const eraseSome = (table: string, order: string, { condition = 'true', key = 'id' } = {}): string =>
  `with batch as materialized (
    select ${key} from ${table} where developer_uid = ? and ${condition} ${order} limit ${String(ROWS)}),
  gone as (delete from ${table} where ${key} = any(array(select ${key} from batch)) and ${condition} returning 1)
  select (select count(*)::int from batch) as found, (select count(*)::int from gone) as erased`;

const Counts = z.object({
  found: sure(z.int(), 'a count is never null'),
  erased: sure(z.int(), 'a count is never null'),
});

const approvals = statement({
  name: 'approval.erase',
  text: eraseSome('approval', 'order by applied_at, id', { condition: `status = 'pending'` }),
  params: ['uuid'],
  row: Counts,
});
const subscriptions = statement({
  name: 'subscription.erase',
  text: eraseSome('subscription', 'order by subscribed_at, id'),
  params: ['uuid'],
  row: Counts,
});
const credentials = statement({
  name: 'credential.erase',
  text: eraseSome('credential', 'order by created_at, id'),
  params: ['uuid'],
  row: Counts,
});
const applications = statement({
  name: 'application.erase',
  text: eraseSome('application', 'order by created_at, id'),
  params: ['uuid'],
  row: Counts,
});
const contexts = statement({
  name: 'event_context.erase',
  text: eraseSome('event_context', '', { key: 'event_id' }),
  params: ['uuid'],
  row: Counts,
});

/** Ordered so that no row refers to an erased one. `part` is null if the progress does not count the rows. */
const STEPS: { part: DeletionPart | null; some: typeof contexts }[] = [
  { part: 'approvals', some: approvals },
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
    for (let isMore = true; isMore;) {
      const { found = 0, erased = 0 } = (await some.first(fork, [developer])) ?? {};
      if (part) deletion.erased(part, erased);
      if (found > 0 && !goesOn()) return false;
      isMore = found === ROWS;
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
