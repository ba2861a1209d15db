import type { EntityManager } from '@mikro-orm/postgresql';

/** From the end of this transaction on no session of the developer (by its internal id) is one, but for the one that is kept. */
export async function endSessions(
  em: EntityManager,
  developerUid: string,
  { except }: { except?: string } = {},
): Promise<void> {
  await em.execute('delete from session where developer_uid = ? and id is distinct from ?::uuid', [
    developerUid,
    except ?? null,
  ]);
}
