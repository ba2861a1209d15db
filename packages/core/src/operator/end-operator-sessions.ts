import type { Actor } from '@gatehouse/contract/actor';
import type { OperatorId, SessionId } from '@gatehouse/contract/ids';
import { OperatorSession } from '@gatehouse/db/entities/operator.entity';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Scope } from '../kernel/command.ts';

const endAll = statement({
  name: 'operator_session.end_all',
  text: 'delete from operator_session where operator_id = ? and id is distinct from ?::uuid',
  params: ['uuid', 'uuid'],
});

/** Ends all sessions of the operator but `except` when the transaction commits. */
export function endOperatorSessions(em: EntityManager, id: OperatorId, { except }: { except?: SessionId } = {}): void {
  endAll.atCommit(em, [id, except ?? null]);
}

/** Ends the console session with which the actor makes the call. Returns false if the call is made without one. */
export function endAskingOperatorSession({ em, emit }: Scope, actor: Actor): boolean {
  if (actor.kind !== 'operator' && actor.kind !== 'admin_token') return false;
  const { sessionId } = actor;
  if (sessionId === undefined) return false;
  const portalId = actor.kind === 'admin_token' ? actor.portalId : null;
  em.remove(em.getReference(OperatorSession, sessionId));
  emit('operator_session.deleted', { type: 'operator_session', id: sessionId, portalId });
  return true;
}
