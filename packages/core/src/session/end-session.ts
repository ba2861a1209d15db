import { LogoutInput } from '@gatehouse/contract/session';
import { Session } from '@gatehouse/db/entities/session.entity';
import { changed, command, type Scope } from '../command.ts';
import { Nothing } from '../present.ts';
import { inPerson, type InPerson } from './in-person.ts';

export const endSession = command({
  name: 'auth.logout',
  access: 'session',
  summary: 'Sign out: the current session ends immediately',
  input: LogoutInput,
  output: Nothing,
  async run(scope, { portal_id }) {
    endAskingSession(scope, inPerson(scope, portal_id));
    return changed(null);
  },
});

export type AskingSession = Pick<InPerson, 'sessionId' | 'portalId'>;

export function endAskingSession({ em, emit }: Scope, { sessionId, portalId }: AskingSession): void {
  // With the commit, after the event has locked the developer, as everywhere: developer, then session.
  em.remove(em.getReference(Session, sessionId));
  emit({ name: 'session.deleted', portalId, resourceType: 'session', resourceId: sessionId });
}
