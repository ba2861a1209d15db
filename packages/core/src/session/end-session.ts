import { LogoutInput } from '@gatehouse/contract/session';
import { Session } from '@gatehouse/db/entities/session.entity';
import { changed, command, type Scope } from '../command.ts';
import { Nothing } from '../present.ts';
import { inPerson, type InPerson } from './in-person.ts';

export const endSession = command({
  name: 'auth.logout',
  access: 'session',
  summary: 'Sign out: the session that asks ends at once',
  input: LogoutInput,
  output: Nothing,
  async run(scope, { portal_id }) {
    await endAskingSession(scope, inPerson(scope, portal_id));
    return changed(null);
  },
});

export type AskingSession = Pick<InPerson, 'sessionId' | 'portalId'>;

export async function endAskingSession({ em, emit }: Scope, { sessionId, portalId }: AskingSession): Promise<void> {
  await em.nativeDelete(Session, { id: sessionId });
  emit({ name: 'session.deleted', portalId, resourceType: 'session', resourceId: sessionId });
}
