import type { Login } from '@gatehouse/contract/session';
import { newId } from '@gatehouse/db/columns';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { Session } from '@gatehouse/db/entities/session.entity';
import { statement } from '@gatehouse/db/statement';
import type { Scope } from '../kernel/command.ts';
import { developerView } from '../developer/developer.view.ts';
import { sha256 } from '../crypto/secret.ts';
import { newSessionToken } from '../session/authenticate-session.ts';
import { endAskingSession, type AskingSession } from '../session/end-session.ts';
import { sessionEnd } from '../session/session-term.ts';

type How = {
  /** The login option of the sign-in; null for a password of this service. */
  loginOption?: string | null;
  /** A browser keeps one session: the one before must not be left open (ASVS 7.2.4). */
  replaces?: AskingSession | null;
};

/** Sessions that a developer has at most: when another begins, the oldest ends. */
const MOST = 50;

const endOldest = statement({
  name: 'session.end_oldest',
  text: `delete from session where id in
  (select id from session where developer_uid = ? order by created_at desc, id desc offset ${MOST - 1})`,
  params: ['uuid'],
});

/** Signs in the developer. The caller has locked it, so that sign-ins at once are counted one after the other. */
export async function beginSession(
  scope: Scope,
  developer: Developer,
  { loginOption = null, replaces = null }: How,
): Promise<Login> {
  const { em, now } = scope;
  if (replaces) endAskingSession(scope, replaces);
  await endOldest.run(em, [developer.id]);
  const token = newSessionToken();
  const session = em.create(Session, {
    id: newId(),
    developer: developer.id,
    loginOption,
    tokenHash: sha256(token),
    restricted: developer.mustChangePassword,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: sessionEnd(developer, now),
  });
  developer.lastActiveAt = now;
  scope.as(developer).emit('session.created', { type: 'session', id: session.id, portalId: developer.portal });
  return loginView(token, session, developer);
}

/** The one answer that shows a session's token. */
export const loginView = (token: string, session: Session, developer: Developer): Login => ({
  token,
  expires_at: session.expiresAt.toISOString(),
  must_change_password: developer.mustChangePassword,
  developer: developerView(developer),
});
