import { ChangeConsolePasswordInput, ConsoleLogin } from '@gatehouse/contract/console';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { entityBy, type Lock } from '@gatehouse/db/entities-by';
import type { Actor } from '@gatehouse/contract/actor';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isPassword } from '../auth/login-hashes.ts';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { beginOperatorSession } from '../operator/begin-operator-session.ts';
import { endOperatorSessions } from '../operator/end-operator-sessions.ts';
import { hashOperatorPassword } from './operator-password.ts';

export const changeConsolePassword = command({
  name: 'console.changePassword',
  access: 'operator',
  summary: 'Change your password for the console; your session is replaced, and all others end',
  input: ChangeConsolePasswordInput,
  output: ConsoleLogin,
  async prepare({ em, actor }, { current_password, new_password }) {
    const operator = await self(em.fork(), actor);
    if (new_password === current_password)
      throw fieldError('invalid_input', 'new_password', 'Must differ from the current password');
    const before = operator.passwordHash ?? null;
    if (!(await isPassword(before, current_password)))
      throw fieldError('wrong_password', 'current_password', 'The current password is incorrect.');
    return { before, after: await hashOperatorPassword(new_password, operator, 'new_password') };
  },
  async run(scope, _input, { before, after }) {
    const operator = await self(scope.em, scope.actor, 'for update');
    scope.authorize(allowed);
    if ((operator.passwordHash ?? null) !== before)
      throw new GatehouseError(
        'illegal_state',
        'Another request has just changed the password. Sign in with it and try again.',
      );
    operator.choosePassword(after, scope.now);
    endOperatorSessions(scope.em, operator.id);
    scope.emit('operator.password_changed', operator, ['password']);
    return changed(beginOperatorSession(scope, operator));
  },
});

async function self(em: EntityManager, actor: Actor, lock?: Lock): Promise<Operator> {
  if (actor.kind !== 'operator') throw new GatehouseError('forbidden', 'Only an operator has a password to change.');
  // The operator may have been disabled or deleted after the session was checked.
  const where = `e.id = ? and e.state = 'active'`;
  const operator = await entityBy(em, Operator, { where, values: [actor.id], lock });
  if (!operator) throw new GatehouseError('unauthenticated', 'The session has ended. Sign in again.');
  return operator;
}
