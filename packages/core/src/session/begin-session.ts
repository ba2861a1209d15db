import type { Login } from '@gatehouse/contract/session';
import { newId } from '@gatehouse/db/columns';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { Session } from '@gatehouse/db/entities/session.entity';
import type { Scope } from '../command.ts';
import { developerView } from '../developer/developer.view.ts';
import { randomSecret, sha256 } from '../secret.ts';
import { SESSION_PREFIX } from './authenticate-session.ts';
import { sessionEnd } from './session-term.ts';

/** Signs in the developer, locked by the caller. `loginOption`: whose provider has vouched; null: by its password. */
export function beginSession({ em, now, emit }: Scope, developer: Developer, loginOption: string | null = null): Login {
  const token = `${SESSION_PREFIX}${randomSecret()}`;
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
    by: developer.developerId,
  });
  return {
    token,
    expires_at: session.expiresAt.toISOString(),
    must_change_password: developer.mustChangePassword,
    developer: developerView(developer),
  };
}
