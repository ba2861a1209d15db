import type { LoginOptionId } from '@gatehouse/contract/ids';
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
  /** The login option of the sign-in. Null for a sign-in with the password that Gatehouse stores. */
  loginOption?: LoginOptionId | null;
  /** The browser's former session. It ends, because the browser loses its token (ASVS 7.2.4). */
  replaces?: AskingSession | null;
};

/** The most sessions of a developer. When another one begins, the oldest ends. */
const MOST = 50;

const endOldest = statement({
  name: 'session.end_oldest',
  text: `delete from session where id in
  (select id from session where developer_uid = ? order by created_at desc, id desc offset ${MOST - 1})`,
  params: ['uuid'],
});

/** Signs in the developer. The caller holds the developer's lock, so that concurrent sign-ins cannot exceed the limit. */
export async function beginSession(
  scope: Scope,
  developer: Developer,
  { loginOption = null, replaces = null }: How,
): Promise<Login> {
  const { em, now } = scope;
  if (replaces) endAskingSession(scope, replaces);
  endOldest.atCommit(em, [developer.id]);
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

/** The only view that contains the token of a session. */
export const loginView = (token: string, session: Session, developer: Developer): Login => ({
  token,
  expires_at: session.expiresAt.toISOString(),
  must_change_password: developer.mustChangePassword,
  developer: developerView(developer),
});
