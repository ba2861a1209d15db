import type { EntityManager } from '@mikro-orm/postgresql';

type Options = { deletion: string; developer: string; limit: number };

const TABLES = ['approval', 'email'];

/**
 * History outlives the developer: finished approvals and mails are left with the deletion, by which they are found again
 * when the retention is over. Returns how many rows, at most `limit` of each table.
 */
export async function detachHistory(em: EntityManager, { deletion, developer, limit }: Options): Promise<number> {
  let count = 0;
  for (const table of TABLES) {
    const rows = await em.execute<unknown[]>(
      `update ${table} set deletion_id = ?, developer_uid = null
       where id in (select id from ${table} where developer_uid = ? limit ?) returning 1`,
      [deletion, developer, limit],
    );
    count += rows.length;
  }
  return count;
}
