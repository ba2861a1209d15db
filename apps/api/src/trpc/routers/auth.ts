import type { Login } from '@gatehouse/contract/session';
import { registerDeveloper } from '@gatehouse/core/developer/register-developer';
import { listSignInOptions } from '@gatehouse/core/login-option/list-sign-in-options';
import { logInToDirectory } from '@gatehouse/core/login-option/log-in-to-directory';
import { acceptInvitation } from '@gatehouse/core/session/accept-invitation';
import { changePassword } from '@gatehouse/core/session/change-password';
import { createSession } from '@gatehouse/core/session/create-session';
import { describeLink } from '@gatehouse/core/session/describe-link';
import { endSession } from '@gatehouse/core/session/end-session';
import { forgetPassword } from '@gatehouse/core/session/forget-password';
import { resetPassword } from '@gatehouse/core/session/reset-password';
import { undoEmailChange } from '@gatehouse/core/session/undo-email-change';
import { verifyEmail } from '@gatehouse/core/session/verify-email';
import {
  forgiveLogin,
  judgeFailure,
  limitForgotten,
  limitLinks,
  limitLogins,
  limitOwnPassword,
  type LoginName,
} from '../../http/login-limits.ts';
import { limitRegistrations } from '../../http/rate-limit.ts';
import { exposeCommand, exposeQuery, type Beside } from '../expose.ts';
import { router } from '../init.ts';

/** Limits of a sign-in with a name and a password, whether Gatehouse or a directory checks the password. */
const loggingIn: Beside<LoginName, Login> = {
  guard: limitLogins,
  failed: judgeFailure,
  async done(session, input, ctx) {
    await forgiveLogin(input, ctx);
    ctx.keepSession(session);
  },
};

export const auth = router({
  register: exposeCommand(registerDeveloper, { guard: limitRegistrations }),
  login: exposeCommand(createSession, loggingIn),
  loginOptions: exposeQuery(listSignInOptions),
  loginToDirectory: exposeCommand(logInToDirectory, loggingIn),
  logout: exposeCommand(endSession, { done: (_output, _input, ctx) => ctx.keepSession(null) }),
  acceptInvitation: exposeCommand(acceptInvitation, {
    guard: limitLinks,
    done: (session, _input, ctx) => ctx.keepSession(session),
  }),
  // Not limited: it reveals nothing without an authentic link, and programs that scan mails open many.
  describeLink: exposeCommand(describeLink),
  verifyEmail: exposeCommand(verifyEmail, { guard: limitLinks }),
  undoEmailChange: exposeCommand(undoEmailChange, { guard: limitLinks }),
  forgotPassword: exposeCommand(forgetPassword, { guard: limitForgotten }),
  resetPassword: exposeCommand(resetPassword, { guard: limitLinks }),
  changePassword: exposeCommand(changePassword, {
    guard: limitOwnPassword,
    done: (session, _input, ctx) => ctx.keepSession(session),
  }),
});
