import { Session } from '@gatehouse/db/entities/session.entity';
import type { Scope } from '../kernel/command.ts';
import type { InPerson } from './in-person.ts';

export type AskingSession = Pick<InPerson, 'sessionId' | 'portalId'>;

export function endAskingSession({ em, emit }: Scope, { sessionId, portalId }: AskingSession): void {
  // The row is deleted at commit, after the event has locked the developer. Every command locks the developer first.
  em.remove(em.getReference(Session, sessionId));
  emit('session.deleted', { type: 'session', id: sessionId, portalId });
}
