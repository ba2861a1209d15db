import { LogoutInput } from '@gatehouse/contract/session';
import { Session } from '@gatehouse/db/entities/session.entity';
import { changed, command } from '../command.ts';
import { Nothing } from '../present.ts';
import { inPerson } from './in-person.ts';

export const endSession = command({
  name: 'auth.logout',
  access: 'session',
  summary: 'Sign out: the session that asks ends at once',
  input: LogoutInput,
  output: Nothing,
  async run(scope, { portal_id }) {
    const { sessionId, portalId } = inPerson(scope, portal_id);
    await scope.em.nativeDelete(Session, { id: sessionId });
    scope.emit({ name: 'session.deleted', portalId, resourceType: 'session', resourceId: sessionId });
    return changed(null);
  },
});
