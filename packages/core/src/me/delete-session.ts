import { notFound } from '@gatehouse/contract/errors';
import { SessionRef } from '@gatehouse/contract/session';
import { Session } from '@gatehouse/db/entities/session.entity';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { isId } from '../list/ids.ts';
import { inPerson } from '../session/in-person.ts';

export const deleteSession = command({
  name: 'me.deleteSession',
  access: 'developer',
  summary: 'End a session immediately',
  input: SessionRef,
  output: Nothing,
  async run(scope, { session_id }) {
    const { em } = scope;
    const { uid, portalId } = inPerson(scope);
    const session = isId(session_id) ? await em.findOne(Session, { id: session_id, developer: uid }) : null;
    if (!session) throw notFound('session');
    em.remove(session);
    scope.emit('session.deleted', { type: 'session', id: session.id, portalId });
    return changed(null);
  },
});
