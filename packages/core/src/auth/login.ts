import { accountSuspended, GatehouseError } from '@gatehouse/contract/errors';
import { Login, LoginInput } from '@gatehouse/contract/session';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { suspensionOf } from '../developer/suspension.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { findPortal } from '../portal/find-portal.ts';
import { beginSession } from './begin-session.ts';
import { findByPassword } from './find-by-password.ts';

export const login = command({
  name: 'auth.login',
  access: 'public',
  summary: 'Sign in with a password and the username, or the email if the portal allows it',
  input: LoginInput,
  output: Login,
  async prepare({ em, now }, { portal_id, username, password }) {
    const fork = em.fork();
    const portal = await findPortal(fork, portal_id);
    await assertBuiltIn(fork, portal.id);
    const developer = await findByPassword(fork, portal, { username, password });
    if (!developer) throw wrong();
    assertMaySignIn(portal, developer, now);
    return { uid: developer.id, passwordHash: developer.passwordHash };
  },
  async run(scope, { portal_id }, { uid, passwordHash }) {
    const { em, now, actor } = scope;
    scope.authorize(allowed);
    const [, developer, portal] = await Promise.all([
      assertBuiltIn(em, portal_id, 'for share'),
      entityBy(em, Developer, { where: 'e.id = ? and e.left_at is null', values: [uid], lock: 'for update' }),
      findPortal(em, portal_id),
    ]);
    // The password was checked before the transaction and may have changed since.
    if (!developer || developer.passwordHash !== passwordHash) throw wrong();
    assertMaySignIn(portal, developer, now);
    const replaces = actor.kind === 'developer' ? actor : null;
    return changed(await beginSession(scope, developer, { replaces }));
  },
});

/** The same for a wrong password, an unknown name and an account without a password. */
const wrong = (): GatehouseError => new GatehouseError('invalid_login', 'The username or password is incorrect.');

/** Only callers with the right password see these errors. */
function assertMaySignIn(portal: Portal, developer: Developer, now: Date): void {
  const { settings } = portal;
  const { state, emailVerified, emailSetByAdmin, mustChangePassword, oneTimePasswordExpiresAt } = developer;
  if (state === 'Suspended') throw accountSuspended(suspensionOf(portal, developer));
  if (settings.require_verified_email && !emailVerified && !emailSetByAdmin)
    throw new GatehouseError(
      'email_not_verified',
      'Confirm your email address first. Use the link in the email we sent you.',
    );
  if (mustChangePassword && oneTimePasswordExpiresAt && oneTimePasswordExpiresAt <= now)
    throw new GatehouseError(
      'one_time_password_expired',
      'The one-time password has expired. Ask the person who invited you for a new one.',
    );
}
