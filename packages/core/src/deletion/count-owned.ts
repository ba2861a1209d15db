import type { DeveloperUid } from '@gatehouse/contract/ids';
import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { DeletionPart } from '@gatehouse/contract/deletion';
import type { EntityManager } from '@mikro-orm/postgresql';

const count = sure(z.int(), 'a count');

const owned = statement({
  name: 'developer.owned',
  text: `select
  (select count(*)::int from application where developer_uid = ?) as applications,
  (select count(*)::int from credential where developer_uid = ?) as credentials,
  (select count(*)::int from subscription where developer_uid = ?) as subscriptions,
  (select count(*)::int from approval where developer_uid = ? and status = 'pending') as approvals`,
  params: ['uuid', 'uuid', 'uuid', 'uuid'],
  row: z.object({ applications: count, credentials: count, subscriptions: count, approvals: count }),
});

/** Counts the records of each kind that the developer owns. */
export async function countOwned(em: EntityManager, developer: DeveloperUid): Promise<Record<DeletionPart, number>> {
  const row = await owned.first(em, [developer, developer, developer, developer]);
  if (!row) throw new Error('a count without a row');
  return row;
}
