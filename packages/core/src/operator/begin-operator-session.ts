import type { ConsoleLogin } from '@gatehouse/contract/console';
import { newId } from '@gatehouse/db/columns';
import { Operator, OperatorSession } from '@gatehouse/db/entities/operator.entity';
import { Token } from '@gatehouse/db/entities/token.entity';
import { statement } from '@gatehouse/db/statement';
import { sha256 } from '../crypto/secret.ts';
import type { Scope } from '../kernel/command.ts';
import { newOperatorSessionSecret } from './authenticate-operator-session.ts';
import { endAskingOperatorSession } from './end-operator-sessions.ts';
import { consoleSessionEnd } from './operator-session-term.ts';

/** The most sessions of an operator or token. When another one begins, the oldest ends. */
const MOST = 50;

const endOldest = statement({
  name: 'operator_session.end_oldest',
  text: `delete from operator_session where id in (select id from operator_session
    where operator_id = ? or token_id = ? order by created_at desc, id desc offset ${MOST - 1})`,
  params: ['uuid', 'uuid'],
});

/** Begins a console session. The caller holds the lock of the operator or token. The browser's former session ends. */
export function beginOperatorSession(scope: Scope, holder: Operator | Token): ConsoleLogin {
  const { em, actor, now } = scope;
  endAskingOperatorSession(scope, actor);
  const token = holder instanceof Token ? holder : null;
  const operator = holder instanceof Operator ? holder : null;
  endOldest.atCommit(em, [operator?.id ?? null, token?.id ?? null]);
  const secret = newOperatorSessionSecret();
  const expiresAt = consoleSessionEnd(now, token?.expiresAt ?? null);
  const session = em.create(OperatorSession, {
    id: newId(),
    operator: operator?.id ?? null,
    token: token?.id ?? null,
    tokenHash: sha256(secret),
    createdAt: now,
    lastUsedAt: now,
    expiresAt,
  });
  if (operator) operator.lastLoginAt = now;
  const portalId = token?.portal ?? null;
  scope.as(holder).emit('operator_session.created', { type: 'operator_session', id: session.id, portalId });
  scope.keepSession({ secret, expiresAt });
  return { expires_at: expiresAt.toISOString() };
}
