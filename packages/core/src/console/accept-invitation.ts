import { AcceptOperatorInvitationInput, ConsoleLogin } from '@gatehouse/contract/console';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { beginOperatorSession } from '../operator/begin-operator-session.ts';
import { findOperatorByLink } from '../operator/find-by-link.ts';
import { hashOperatorPassword } from './operator-password.ts';

export const acceptConsoleInvitation = command({
  name: 'console.acceptInvitation',
  access: 'public',
  summary: 'Choose a password with the link of an invitation; this signs you in to the console',
  input: AcceptOperatorInvitationInput,
  output: ConsoleLogin,
  async prepare({ em, now, settings }, { token, password }) {
    const operator = await findOperatorByLink({ em: em.fork(), now, settings }, { kind: 'operator_invitation', token });
    return hashOperatorPassword(password, operator);
  },
  async run(scope, { token }, passwordHash) {
    const operator = await findOperatorByLink(scope, { kind: 'operator_invitation', token }, 'lock');
    scope.authorize(allowed);
    operator.choosePassword(passwordHash, scope.now);
    operator.activate(scope.now);
    scope.as(operator).emit('operator.invite_accepted', operator, ['password', 'state']);
    return changed(beginOperatorSession(scope, operator));
  },
});
