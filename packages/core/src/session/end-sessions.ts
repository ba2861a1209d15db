import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';

const endAll = statement({
  name: 'session.end_all',
  text: 'delete from session where developer_uid = ? and id is distinct from ?::uuid',
  params: ['uuid', 'uuid'],
});

/** Ends all sessions of the developer but `except` when the transaction commits. */
export function endSessions(em: EntityManager, developerUid: string, { except }: { except?: string } = {}): void {
  endAll.atCommit(em, [developerUid, except ?? null]);
}
