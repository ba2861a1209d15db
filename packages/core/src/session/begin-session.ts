import type { Login } from '@gatehouse/contract/session';
import { newId } from '@gatehouse/db/columns';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { Session } from '@gatehouse/db/entities/session.entity';
import type { Scope } from '../command.ts';
import { developerView } from '../developer/developer.view.ts';
import { sha256 } from '../secret.ts';
import { newSessionToken } from './authenticate-session.ts';
import { endAskingSession, type AskingSession } from './end-session.ts';
import { sessionEnd } from './session-term.ts';

type How = {
  /** Whose provider has vouched; null: by its password. */
  loginOption?: string | null;
  /** A browser keeps one session: the one before must not be left open (ASVS 7.2.4). */
  replaces?: AskingSession | null;
};

/** Signs in the developer, locked by the caller. */
export function beginSession(scope: Scope, developer: Developer, { loginOption = null, replaces = null }: How): Login {
  const { em, now, emit } = scope;
  if (replaces) endAskingSession(scope, replaces);
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
  emit({
    name: 'session.created',
    portalId: developer.portal,
    resourceType: 'session',
    resourceId: session.id,
    by: developer,
  });
  return loginView(token, session, developer);
}

/** The one answer that shows a session's token. */
export const loginView = (token: string, session: Session, developer: Developer): Login => ({
  token,
  expires_at: session.expiresAt.toISOString(),
  must_change_password: developer.mustChangePassword,
  developer: developerView(developer),
});
