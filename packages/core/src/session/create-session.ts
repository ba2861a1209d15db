import { GatehouseError } from '@gatehouse/contract/errors';
import { Login, LoginInput } from '@gatehouse/contract/session';
import { newId } from '@gatehouse/db/columns';
import { comparable, Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { Session } from '@gatehouse/db/entities/session.entity';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { changed, command } from '../command.ts';
import { allowed } from '../decision.ts';
import { developerView } from '../developer/developer.view.ts';
import { findPortal } from '../portal/find-portal.ts';
import { randomSecret, sha256 } from '../secret.ts';
import { SESSION_PREFIX } from './authenticate-session.ts';
import { isPassword } from './login-hashes.ts';
import { sessionEnd } from './session-term.ts';

export const createSession = command({
  name: 'auth.login',
  access: 'public',
  summary: 'Sign in with username, or email where the portal allows that, and password',
  input: LoginInput,
  output: Login,
  async prepare({ em, now }, { portal_id, username, password }) {
    const fork = em.fork();
    const portal = await findPortal(fork, portal_id);
    const developer = await findByLogin(fork, portal, username);
    const isRight = await isPassword(developer?.passwordHash ?? null, password);
    if (!developer || !isRight) throw wrong();
    assertMaySignIn(portal, developer, now);
    return { uid: developer.id, passwordHash: developer.passwordHash };
  },
  async run(scope, { portal_id }, { uid, passwordHash }) {
    const { em, now } = scope;
    scope.authorize(allowed);
    const developer = await em.findOne(Developer, { id: uid, leftAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    // The password was looked at before, and may have been changed since.
    if (!developer || developer.passwordHash !== passwordHash) throw wrong();
    assertMaySignIn(await findPortal(em, portal_id), developer, now);
    const token = `${SESSION_PREFIX}${randomSecret()}`;
    const session = em.create(Session, {
      id: newId(),
      developer: developer.id,
      tokenHash: sha256(token),
      restricted: developer.mustChangePassword,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: sessionEnd(developer, now),
    });
    developer.lastActiveAt = now;
    scope.emit({
      name: 'session.created',
      portalId: developer.portal,
      resourceType: 'session',
      resourceId: session.id,
      by: developer.developerId,
    });
    return changed({
      token,
      expires_at: session.expiresAt.toISOString(),
      must_change_password: developer.mustChangePassword,
      developer: developerView(developer),
    });
  },
});

/** The same for a wrong password, an unknown name and an account without a password. */
const wrong = (): GatehouseError => new GatehouseError('invalid_login', 'The username or the password is wrong.');

/** Only who has given the right password learns this. */
function assertMaySignIn({ settings }: Portal, developer: Developer, now: Date): void {
  const { state, emailVerified, emailSetByAdmin, mustChangePassword, oneTimePasswordExpiresAt } = developer;
  if (state === 'Suspended') throw new GatehouseError('developer_not_active', 'The developer is Suspended.');
  if (settings.require_verified_email && !emailVerified && !emailSetByAdmin)
    throw new GatehouseError('email_not_verified', 'Confirm your email address first, by the link that was mailed.');
  if (mustChangePassword && oneTimePasswordExpiresAt && oneTimePasswordExpiresAt <= now)
    throw new GatehouseError('one_time_password_expired', 'The one-time password has expired. Ask for a new one.');
}

/**
 * One question, whatever was typed. An address names first of all the one who has verified it: nobody else can stand in
 * the way by a username that looks like it.
 */
async function findByLogin(em: EntityManager, portal: Portal, typed: string): Promise<Developer | null> {
  const key = comparable(typed);
  const byEmail = portal.settings.login_with_email && key.includes('@') ? [{ emailKey: key, emailVerified: true }] : [];
  return em.findOne(
    Developer,
    { portal: portal.id, leftAt: null, $or: [{ usernameKey: key }, ...byEmail] },
    { orderBy: byEmail.length > 0 ? { emailVerified: 'desc' } : {} },
  );
}
