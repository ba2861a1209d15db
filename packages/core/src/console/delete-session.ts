import { ConsoleSessionRef } from '@gatehouse/contract/console';
import { notFound } from '@gatehouse/contract/errors';
import { OperatorSession } from '@gatehouse/db/entities/operator.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { Nothing } from '../kernel/present.ts';
import { isId } from '../list/ids.ts';
import { askingHolder } from '../operator/asking-holder.ts';

export const deleteConsoleSession = command({
  name: 'console.deleteSession',
  access: 'operator',
  summary: 'End one of your console sessions immediately',
  input: ConsoleSessionRef,
  output: Nothing,
  async run(scope, { session_id }) {
    scope.authorize(allowed);
    const holder = askingHolder(scope.actor);
    const session = isId(session_id)
      ? await entityBy(scope.em, OperatorSession, {
          where: `e.id = ? and e.${holder.kind === 'operator' ? 'operator_id' : 'token_id'} = ?`,
          values: [session_id, holder.id],
        })
      : null;
    if (!session) throw notFound('session');
    scope.em.remove(session);
    const portalId = holder.kind === 'admin_token' ? holder.portalId : null;
    scope.emit('operator_session.deleted', { type: 'operator_session', id: session.id, portalId });
    return changed(null);
  },
});
