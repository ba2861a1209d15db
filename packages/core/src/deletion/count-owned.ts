import type { DeletionPart } from '@gatehouse/contract/deletion';
import type { EntityManager } from '@mikro-orm/postgresql';

const COUNT = `select
  (select count(*) from application where developer_uid = ?) as applications,
  (select count(*) from credential c join application a on a.id = c.application_id where a.developer_uid = ?) as credentials,
  (select count(*) from subscription where developer_uid = ?) as subscriptions,
  (select count(*) from approval where developer_uid = ? and status = 'pending') as approvals`;

/** How much of each a developer (by its internal id) owns now. */
export async function countOwned(em: EntityManager, developer: string): Promise<Record<DeletionPart, number>> {
  const [row] = await em.execute<Record<DeletionPart, string>[]>(COUNT, [developer, developer, developer, developer]);
  if (!row) throw new Error('a count without a row');
  return {
    applications: Number(row.applications),
    credentials: Number(row.credentials),
    subscriptions: Number(row.subscriptions),
    approvals: Number(row.approvals),
  };
}
