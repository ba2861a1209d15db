import { ListOperatorSessionsInput } from '@gatehouse/contract/operator';
import { SessionPage } from '@gatehouse/contract/session';
import { query } from '../kernel/query.ts';
import { authorizedOperator } from './authorized-operator.ts';
import { operatorSessions } from './operator-sessions.ts';

export const listOperatorSessions = query({
  name: 'operators.listSessions',
  access: 'operators:read',
  summary: 'List the console sessions of an operator',
  input: ListOperatorSessionsInput,
  output: SessionPage,
  async run(scope, input) {
    const operator = await authorizedOperator(scope, input.operator_id);
    const current = scope.actor.kind === 'operator' ? scope.actor.sessionId : '';
    return operatorSessions(scope, input, { holder: { operator: operator.id }, current });
  },
});
