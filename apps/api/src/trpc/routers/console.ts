import { acceptConsoleInvitation } from '@gatehouse/core/console/accept-invitation';
import { changeConsolePassword } from '@gatehouse/core/console/change-password';
import { deleteConsoleSession } from '@gatehouse/core/console/delete-session';
import { describeConsoleLink } from '@gatehouse/core/console/describe-link';
import { forgotConsolePassword } from '@gatehouse/core/console/forgot-password';
import { listConsoleSessions } from '@gatehouse/core/console/list-sessions';
import { consoleLogin } from '@gatehouse/core/console/login';
import { consoleLoginWithToken } from '@gatehouse/core/console/login-with-token';
import { consoleLogout } from '@gatehouse/core/console/logout';
import { resetConsolePassword } from '@gatehouse/core/console/reset-password';
import {
  forgiveLogin,
  judgeFailure,
  limitForgotten,
  limitLinks,
  limitLogins,
  limitOwnPassword,
  type LoginName,
} from '../../http/login-limits.ts';
import { exposeCommand, exposeQuery, type CallHooks } from '../expose.ts';
import { router } from '../init.ts';

/** Stands for the portal in the limits of sign-ins: the console has its own counts. */
const CONSOLE = 'console';

const loggingIn = <Input>(nameOf: (input: Input) => string): CallHooks<Input, unknown> => {
  const login = (input: Input): LoginName => ({ portal_id: CONSOLE, username: nameOf(input) });
  return {
    guard: (input, caller) => limitLogins(login(input), caller),
    failed: (error, input, ctx) => judgeFailure(error, login(input), ctx),
    done: (_output, input, ctx) => forgiveLogin(login(input), ctx),
  };
};

export const consoleSessions = router({
  login: exposeCommand(
    consoleLogin,
    'password',
    loggingIn(({ email }) => email),
  ),
  loginWithToken: exposeCommand(
    consoleLoginWithToken,
    'change',
    loggingIn(() => 'token'),
  ),
  logout: exposeCommand(consoleLogout, 'change', { done: (_output, _input, ctx) => ctx.dropConsoleSession() }),
  acceptInvitation: exposeCommand(acceptConsoleInvitation, 'password', { guard: limitLinks }),
  // Not limited: it reveals nothing without an authentic link, and mail scanners open many links.
  describeLink: exposeCommand(describeConsoleLink, 'change'),
  forgotPassword: exposeCommand(forgotConsolePassword, 'mail', {
    guard: ({ email }, caller) => limitForgotten({ portal_id: CONSOLE, email }, caller),
  }),
  resetPassword: exposeCommand(resetConsolePassword, 'password', { guard: limitLinks }),
  changePassword: exposeCommand(changeConsolePassword, 'password', { guard: limitOwnPassword }),
  listSessions: exposeQuery(listConsoleSessions),
  deleteSession: exposeCommand(deleteConsoleSession, 'change'),
});
