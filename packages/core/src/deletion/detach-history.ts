import type { DeveloperUid, DeletionId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';

type Options = { deletion: DeletionId; developer: DeveloperUid; limit: number };

const detach = (table: string, condition = 'true'): string =>
  `update ${table} set deletion_id = ?, developer_uid = null
   where id in (select id from ${table} where developer_uid = ? and ${condition} limit ?)`;

const detachApprovals = statement({
  name: 'approval.detach',
  text: detach('approval', `status <> 'pending'`),
  params: ['uuid', 'uuid', 'bigint'],
});
const detachEmails = statement({ name: 'email.detach', text: detach('email'), params: ['uuid', 'uuid', 'bigint'] });

/**
 * Moves finished approvals and mails from the developer to the deletion, because they outlive the developer until the
 * retention ends. Returns the number of rows, at most `limit` per table.
 */
export async function detachHistory(em: EntityManager, { deletion, developer, limit }: Options): Promise<number> {
  const approvals = await detachApprovals.run(em, [deletion, developer, limit]);
  return approvals + (await detachEmails.run(em, [deletion, developer, limit]));
}
