import { OperatorRef } from '@gatehouse/contract/operator';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockOperator } from './authorized-operator.ts';
import { endOperatorSessions } from './end-operator-sessions.ts';

export const endSessionsOfOperator = command({
  name: 'operators.endSessions',
  access: 'operators:write',
  summary: 'End all console sessions of an operator immediately',
  input: OperatorRef,
  output: Nothing,
  async run(scope, { operator_id }) {
    const operator = await lockOperator(scope, operator_id);
    endOperatorSessions(scope.em, operator.id);
    scope.emit('operator.sessions_ended', operator);
    return changed(null);
  },
});
