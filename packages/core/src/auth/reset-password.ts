import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { PasswordReset, ResetPasswordInput } from '@gatehouse/contract/session';
import type { z } from 'zod';
import { changed, command } from '../kernel/command.ts';
import type { Context } from '../kernel/context.ts';
import { translated } from '../kernel/database-errors.ts';
import { allowed } from '../kernel/decision.ts';
import { assertGoodPassword } from '../developer/password-rules.ts';
import { hashPassword } from '../crypto/password.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { findPortal } from '../portal/find-portal.ts';
import { parseInput } from '../kernel/use-case.ts';
import { endSessions } from '../session/end-sessions.ts';
import { isPassword } from './login-hashes.ts';
import { ownAddress } from '../developer/own-address.ts';
import { findByLink, findByUsedLink } from '../email/signed-link.ts';

/** The most hashes that wait. Further ones are refused with 503. */
const QUEUE = 32;

const reset = command({
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
    await assertGoodPassword(password, { portal, names: [developer.username, developer.email ?? undefined] });
    if (developer.mustChangePassword && (await isPassword(developer.passwordHash ?? null, password)))
      throw fieldError('invalid_input', 'password', 'Must differ from the one-time password');
    return { passwordHash: await hashPassword(password, { queue: QUEUE }) };
  },
  async run(scope, { portal_id, token }, { passwordHash }) {
    const portal = await findPortal(scope.em, portal_id);
    const { developer } = await findByLink(scope, { kind: 'password_reset', portal, token }, 'lock');
    scope.authorize(allowed);
    await assertBuiltIn(scope.em, portal.id, 'for share');
    // An attacker may have requested the pending address, which may be why the owner resets the password.
    developer.requestEmail(null);
    developer.changePassword(passwordHash, scope.now);
    await ownAddress(scope, developer);
    endSessions(scope.em, developer.id);
    scope.as(developer).emit('developer.password_changed', developer, ['password', 'email_verified']);
    return changed({ status: 'changed' as const });
  },
});

/** A repeated call, as from a double-clicked button, gets the same response as the first. */
export const resetPassword: typeof reset = {
  ...reset,
  async execute(context, input) {
    try {
      return await reset.execute(context, input);
    } catch (error) {
      const isDead = error instanceof GatehouseError && error.code === 'invalid_link';
      if (isDead && (await isRepeated(context, parseInput(reset.input, input)))) return { status: 'changed' };
      throw error;
    }
  },
};

/** Whether this link has set this password. Computes a hash only for an authentic link. */
async function isRepeated(
  { em, now, settings }: Context,
  { portal_id, token, password }: z.output<typeof ResetPasswordInput>,
): Promise<boolean> {
  const fork = em.fork();
  const account = await translated(async () => {
    const portal = await findPortal(fork, portal_id);
    return findByUsedLink({ em: fork, now, settings }, { kind: 'password_reset', portal, token });
  });
  return account !== null && isPassword(account.passwordHash, password);
}
