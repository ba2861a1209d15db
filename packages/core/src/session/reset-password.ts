import { fieldError } from '@gatehouse/contract/errors';
import { PasswordReset, ResetPasswordInput } from '@gatehouse/contract/session';
import { changed, command } from '../command.ts';
import { allowed } from '../decision.ts';
import { assertGoodPassword } from '../developer/password-rules.ts';
import { hashPassword } from '../password.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { findPortal } from '../portal/find-portal.ts';
import { endSessions } from './end-sessions.ts';
import { isPassword } from './login-hashes.ts';
import { ownAddress } from './own-address.ts';
import { findByLink } from './signed-link.ts';

/** Hashes that may wait; more are refused at once (503). */
const QUEUE = 32;

export const resetPassword = command({
  name: 'auth.resetPassword',
  access: 'public',
  summary: 'Set a new password with a mailed link; all sessions end',
  input: ResetPasswordInput,
  output: PasswordReset,
  async prepare({ em, now, settings }, { portal_id, token, password }) {
    const fork = em.fork();
    const portal = await findPortal(fork, portal_id);
    await assertBuiltIn(fork, portal.id);
    const { developer } = await findByLink({ em: fork, now, settings }, { kind: 'password_reset', portal, token });
    assertGoodPassword(password, { portal, names: [developer.username, developer.email ?? undefined] });
    if (developer.mustChangePassword && (await isPassword(developer.passwordHash ?? null, password)))
      throw fieldError('invalid_input', 'password', 'Must differ from the one-time password');
    return { passwordHash: await hashPassword(password, { queue: QUEUE }) };
  },
  async run(scope, { portal_id, token }, { passwordHash }) {
    const portal = await findPortal(scope.em, portal_id);
    const { developer } = await findByLink(scope, { kind: 'password_reset', portal, token }, 'lock');
    scope.authorize(allowed);
    await assertBuiltIn(scope.em, portal.id, 'lock');
    // An attacker may have requested the new address, and the owner may reset the password because of that.
    developer.requestEmail(null);
    developer.changePassword(passwordHash, scope.now);
    await ownAddress(scope, developer);
    await endSessions(scope.em, developer.id);
    scope.emit({
      name: 'developer.password_changed',
      portalId: portal.id,
      resourceType: 'developer',
      resourceId: developer.developerId,
      changed: ['password', 'email_verified'],
      by: developer,
    });
    return changed({ status: 'changed' as const });
  },
});
