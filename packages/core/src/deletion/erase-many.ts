import { rowId, type DeletionId, type DeveloperUid } from '@gatehouse/contract/ids';
import type { DeletionPart } from '@gatehouse/contract/deletion';
import type { DeletionProgress } from '@gatehouse/db/entities/deletion.entity';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';

/** Deletes rows of these developers, and counts them by developer. */
const erase = (table: string, condition: string): string =>
  `with erased as (delete from ${table} where ${condition} returning developer_uid)
   select developer_uid as developer, count(*)::int as count from erased group by developer_uid`;

const counted = z.object({
  developer: sure(rowId.developer, 'the condition of the deletion compares it'),
  count: sure(z.int(), 'a count'),
});

const approvals = statement({
  name: 'approval.erase_many',
  text: erase('approval', `developer_uid = any(?) and status = 'pending'`),
  params: ['uuid[]'],
  row: counted,
});
const subscriptions = statement({
  name: 'subscription.erase_many',
  text: erase('subscription', 'developer_uid = any(?)'),
  params: ['uuid[]'],
  row: counted,
});
const credentials = statement({
  name: 'credential.erase_many',
  text: `with erased as (delete from credential using application a
     where a.id = credential.application_id and a.developer_uid = any(?) returning a.developer_uid)
   select developer_uid as developer, count(*)::int as count from erased group by developer_uid`,
  params: ['uuid[]'],
  row: counted,
});
const applications = statement({
  name: 'application.erase_many',
  text: erase('application', 'developer_uid = any(?)'),
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

export type DeletionOf = { id: DeletionId; developer: DeveloperUid };

/** Erases these developers with everything they own, and returns what was erased of each. */
export async function eraseMany(
  em: EntityManager,
  deletions: readonly DeletionOf[],
): Promise<(DeletionOf & { progress: DeletionProgress })[]> {
  const developers = deletions.map(({ developer }) => developer);
  const counts = new Map<DeletionPart, Map<DeveloperUid, number>>();
  for (const { part, erased } of STEPS) {
    const rows = await erased.all(em, [developers]);
    counts.set(part, new Map(rows.map(({ developer, count }) => [developer, count])));
  }
  await eraseContexts.run(em, [developers]);
  const ids = deletions.map(({ id }) => id);
  await detachApprovals.run(em, [ids]);
  await detachEmails.run(em, [ids]);
  await eraseDevelopers.run(em, [developers]);
  return deletions.map((deletion) => {
    const of = (part: DeletionPart) => {
      const erased = counts.get(part)?.get(deletion.developer) ?? 0;
      return { total: erased, erased };
    };
    const progress = {
      applications: of('applications'),
      credentials: of('credentials'),
      subscriptions: of('subscriptions'),
      approvals: of('approvals'),
    };
    return { ...deletion, progress };
  });
}
