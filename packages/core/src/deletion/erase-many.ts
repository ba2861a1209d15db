import { rowId, type DeletionId, type DeveloperUid } from '@gatehouse/contract/ids';
import type { DeletionPart } from '@gatehouse/contract/deletion';
import { type DeletionProgress, NO_PROGRESS } from '@gatehouse/db/entities/deletion.entity';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';

/** Deletes rows of these developers, and counts them by developer. */
const erase = (table: string, condition = 'true'): string =>
  `with erased as (delete from ${table} where developer_uid = any(?) and ${condition} returning developer_uid)
   select developer_uid as developer, count(*)::int as count from erased group by developer_uid`;

const counted = z.object({
  developer: sure(rowId.developer, 'the condition of the deletion compares it'),
  count: sure(z.int(), 'a count'),
});

const approvals = statement({
  name: 'approval.erase_many',
  text: erase('approval', `status = 'pending'`),
  params: ['uuid[]'],
  row: counted,
});
const subscriptions = statement({
  name: 'subscription.erase_many',
  text: erase('subscription'),
  params: ['uuid[]'],
  row: counted,
});
const credentials = statement({
  name: 'credential.erase_many',
  text: erase('credential'),
  params: ['uuid[]'],
  row: counted,
});
const applications = statement({
  name: 'application.erase_many',
  text: erase('application'),
  params: ['uuid[]'],
  row: counted,
});

/** Ordered so that no row refers to an erased one. */
const STEPS: { part: DeletionPart; erased: typeof approvals }[] = [
  { part: 'approvals', erased: approvals },
  { part: 'subscriptions', erased: subscriptions },
  { part: 'credentials', erased: credentials },
  { part: 'applications', erased: applications },
];

const eraseContexts = statement({
  name: 'event_context.erase_many',
  text: 'delete from event_context where developer_uid = any(?)',
  params: ['uuid[]'],
});
const eraseDevelopers = statement({
  name: 'developer.erase_many',
  text: 'delete from developer where id = any(?)',
  params: ['uuid[]'],
});

/** Locks in the order of ids, like every statement about several mails. */
const detach = (table: string): string =>
  `update ${table} set deletion_id = owned.deletion, developer_uid = null from
    (select o.id, d.id as deletion from deletion d join ${table} o on o.developer_uid = d.developer_uid
     where d.id = any(?) order by o.id for update of o) as owned
  where ${table}.id = owned.id`;

const detachApprovals = statement({ name: 'approval.detach_many', text: detach('approval'), params: ['uuid[]'] });
const detachEmails = statement({ name: 'email.detach_many', text: detach('email'), params: ['uuid[]'] });

const complete = statement({
  name: 'deletion.complete_many',
  text: `update deletion set status = 'completed', completed_at = ?, developer_uid = null, progress = erased.progress
  from jsonb_to_recordset(?) as erased (id uuid, progress jsonb) where deletion.id = erased.id`,
  params: ['timestamp with time zone', 'jsonb'],
});

export type DeletionOf = { id: DeletionId; developer: DeveloperUid };

/**
 * Erases these developers with everything they own, in two round trips, and completes their deletions. The reference of
 * each deletion to its developer is cleared before the developer is deleted, so that the deletion is written once.
 */
export async function eraseMany(em: EntityManager, deletions: readonly DeletionOf[], now: Date): Promise<void> {
  const developers = deletions.map(({ developer }) => developer);
  const ids = deletions.map(({ id }) => id);
  const [counts] = await Promise.all([
    Promise.all(STEPS.map(async ({ part, erased }) => ({ part, rows: await erased.all(em, [developers]) }))),
    eraseContexts.run(em, [developers]),
    detachApprovals.run(em, [ids]),
    detachEmails.run(em, [ids]),
  ]);
  const progressOf = (developer: DeveloperUid): DeletionProgress => {
    const progress = { ...NO_PROGRESS };
    for (const { part, rows } of counts) {
      const erased = rows.find((row) => row.developer === developer)?.count ?? 0;
      progress[part] = { total: erased, erased };
    }
    return progress;
  };
  const completed = deletions.map(({ id, developer }) => ({ id, progress: progressOf(developer) }));
  complete.atCommit(em, [now, JSON.stringify(completed)]);
  eraseDevelopers.atCommit(em, [developers]);
}
