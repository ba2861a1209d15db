import { ListConsoleSessionsInput } from '@gatehouse/contract/console';
import { SessionPage } from '@gatehouse/contract/session';
import { allowed } from '../kernel/decision.ts';
import { query } from '../kernel/query.ts';
import { operatorSessions } from '../operator/operator-sessions.ts';
import { askingHolder } from '../operator/asking-holder.ts';

export const listConsoleSessions = query({
  name: 'console.listSessions',
  access: 'operator',
  summary: 'List the console sessions of the operator or token that makes the call',
  input: ListConsoleSessionsInput,
  output: SessionPage,
  run(scope, input) {
    scope.authorize(allowed);
    const { kind, id, sessionId: current = '' } = askingHolder(scope.actor);
    return operatorSessions(scope, input, { holder: kind === 'operator' ? { operator: id } : { token: id }, current });
  },
});
