import { ConsoleLogin, ConsoleTokenLoginInput } from '@gatehouse/contract/console';
import { GatehouseError } from '@gatehouse/contract/errors';
import { Token } from '@gatehouse/db/entities/token.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { sha256 } from '../crypto/secret.ts';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { beginOperatorSession } from '../operator/begin-operator-session.ts';

export const consoleLoginWithToken = command({
  name: 'console.loginWithToken',
  access: 'public',
  summary: 'Exchange an admin token for a console session, which ends with the token',
  input: ConsoleTokenLoginInput,
  output: ConsoleLogin,
  async run(scope, { token: secret }) {
    // Locked, so that the session cannot begin after the token was regenerated.
    const token = await entityBy(scope.em, Token, {
      where: 'e.hash = ? and (e.expires_at is null or e.expires_at > ?)',
      values: [sha256(secret), scope.now],
      lock: 'for update',
    });
    if (!token) throw new GatehouseError('unauthenticated', 'The token is not valid: unknown, revoked or expired.');
    if (token.kind !== 'admin') throw new GatehouseError('forbidden', 'Only admin tokens can sign in to the console.');
    scope.authorize(allowed);
    token.lastUsedAt = scope.now;
    return changed(beginOperatorSession(scope, token));
  },
});
