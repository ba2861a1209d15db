import type { Login } from '@gatehouse/contract/session';
import { register } from '@gatehouse/core/auth/register';
import { loginOptions } from '@gatehouse/core/auth/login-options';
import { loginToDirectory } from '@gatehouse/core/auth/login-to-directory';
import { acceptInvitation } from '@gatehouse/core/auth/accept-invitation';
import { changePassword } from '@gatehouse/core/auth/change-password';
import { login } from '@gatehouse/core/auth/login';
import { describeLink } from '@gatehouse/core/auth/describe-link';
import { logout } from '@gatehouse/core/auth/logout';
import { forgotPassword } from '@gatehouse/core/auth/forgot-password';
import { resetPassword } from '@gatehouse/core/auth/reset-password';
import { undoEmailChange } from '@gatehouse/core/auth/undo-email-change';
import { verifyEmail } from '@gatehouse/core/auth/verify-email';
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
import { exposeCommand, exposeQuery, type CallHooks } from '../expose.ts';
import { router } from '../init.ts';

/** Limits for sign-ins with a password, whether Gatehouse or a directory checks it. */
const loggingIn: CallHooks<LoginName, Login> = {
  guard: limitLogins,
  failed: judgeFailure,
  async done(session, input, ctx) {
    await forgiveLogin(input, ctx);
    ctx.keepSession(session);
  },
};

export const auth = router({
  register: exposeCommand(register, 'password', { guard: limitRegistrations }),
  login: exposeCommand(login, 'password', loggingIn),
  loginOptions: exposeQuery(loginOptions),
  loginToDirectory: exposeCommand(loginToDirectory, 'password', loggingIn),
  logout: exposeCommand(logout, 'change', { done: (_output, _input, ctx) => ctx.keepSession(null) }),
  acceptInvitation: exposeCommand(acceptInvitation, 'password', {
    guard: limitLinks,
    done: (session, _input, ctx) => ctx.keepSession(session),
  }),
  // Not limited: it reveals nothing without an authentic link, and mail scanners open many links.
  describeLink: exposeCommand(describeLink, 'change'),
  verifyEmail: exposeCommand(verifyEmail, 'mail', { guard: limitLinks }),
  undoEmailChange: exposeCommand(undoEmailChange, 'mail', { guard: limitLinks }),
  forgotPassword: exposeCommand(forgotPassword, 'mail', { guard: limitForgotten }),
  resetPassword: exposeCommand(resetPassword, 'password', { guard: limitLinks }),
  changePassword: exposeCommand(changePassword, 'password', {
    guard: limitOwnPassword,
    done: (session, _input, ctx) => ctx.keepSession(session),
  }),
});
