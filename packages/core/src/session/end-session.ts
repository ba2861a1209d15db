import { Session } from '@gatehouse/db/entities/session.entity';
import type { Scope } from '../kernel/command.ts';
import type { InPerson } from './in-person.ts';

export type AskingSession = Pick<InPerson, 'sessionId' | 'portalId'>;

export function endAskingSession({ em, emit }: Scope, { sessionId, portalId }: AskingSession): void {
  // With the commit, after the event has locked the developer, as everywhere: developer, then session.
  em.remove(em.getReference(Session, sessionId));
  emit('session.deleted', { type: 'session', id: sessionId, portalId });
}
