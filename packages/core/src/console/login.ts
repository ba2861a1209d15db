import { ConsoleLogin, ConsoleLoginInput } from '@gatehouse/contract/console';
import { GatehouseError } from '@gatehouse/contract/errors';
import { comparable } from '@gatehouse/db/comparable';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { isPassword } from '../auth/login-hashes.ts';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { beginOperatorSession } from '../operator/begin-operator-session.ts';

export const consoleLogin = command({
  name: 'console.login',
  access: 'public',
  summary: 'Sign in to the console with an email address and a password',
  input: ConsoleLoginInput,
  output: ConsoleLogin,
  async prepare({ em }, { email, password }) {
    const operator = await entityBy(em.fork(), Operator, { where: 'e.email_key = ?', values: [comparable(email)] });
    const isRight = await isPassword(operator?.passwordHash ?? null, password);
    if (!operator || !isRight) throw wrong();
    assertMaySignIn(operator);
    return { id: operator.id, passwordHash: operator.passwordHash };
  },
  async run(scope, _input, { id, passwordHash }) {
    scope.authorize(allowed);
    const operator = await entityBy(scope.em, Operator, { where: 'e.id = ?', values: [id], lock: 'for update' });
    // The password was checked before the transaction and may have changed since.
    if (!operator || operator.passwordHash !== passwordHash) throw wrong();
    assertMaySignIn(operator);
    return changed(beginOperatorSession(scope, operator));
  },
});

/** The same for a wrong password, an unknown address and an operator without a password. */
const wrong = (): GatehouseError => new GatehouseError('invalid_login', 'The email address or password is incorrect.');

/** Only callers with the right password see this error. */
function assertMaySignIn({ state }: Operator): void {
  if (state === 'active') return;
  throw new GatehouseError('sign_in_refused', 'Your operator account is disabled. Ask an owner to enable it.');
}
