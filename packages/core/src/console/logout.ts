import { ConsoleLogoutInput } from '@gatehouse/contract/console';
import { changed, command, unchanged } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { Nothing } from '../kernel/present.ts';
import { endAskingOperatorSession } from '../operator/end-operator-sessions.ts';

export const consoleLogout = command({
  name: 'console.logout',
  access: 'operator',
  summary: 'Sign out of the console: the current session ends immediately',
  input: ConsoleLogoutInput,
  output: Nothing,
  run(scope) {
    scope.authorize(allowed);
    const isEnded = endAskingOperatorSession(scope, scope.actor);
    return Promise.resolve(isEnded ? changed(null) : unchanged(null));
  },
});
