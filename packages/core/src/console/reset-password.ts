import { ResetConsolePasswordInput } from '@gatehouse/contract/console';
import { PasswordReset } from '@gatehouse/contract/session';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { endOperatorSessions } from '../operator/end-operator-sessions.ts';
import { findOperatorByLink } from '../operator/find-by-link.ts';
import { hashOperatorPassword } from './operator-password.ts';

export const resetConsolePassword = command({
  name: 'console.resetPassword',
  access: 'public',
  summary: 'Set a new password for the console with a mailed link; all sessions end',
  input: ResetConsolePasswordInput,
  output: PasswordReset,
  async prepare({ em, now, settings }, { token, password }) {
    const link = { kind: 'operator_password_reset', token } as const;
    return hashOperatorPassword(password, await findOperatorByLink({ em: em.fork(), now, settings }, link));
  },
  async run(scope, { token }, passwordHash) {
    const operator = await findOperatorByLink(scope, { kind: 'operator_password_reset', token }, 'lock');
    scope.authorize(allowed);
    operator.choosePassword(passwordHash, scope.now);
    endOperatorSessions(scope.em, operator.id);
    scope.as(operator).emit('operator.password_changed', operator, ['password']);
    return changed({ status: 'changed' as const });
  },
});
