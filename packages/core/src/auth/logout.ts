import { LogoutInput } from '@gatehouse/contract/session';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { endAskingSession } from '../session/end-session.ts';
import { inPerson } from '../session/in-person.ts';

export const logout = command({
  name: 'auth.logout',
  access: 'session',
  summary: 'Sign out: the current session ends immediately',
  input: LogoutInput,
  output: Nothing,
  async run(scope, { portal_id }) {
    endAskingSession(scope, inPerson(scope, portal_id));
    return changed(null);
  },
});
