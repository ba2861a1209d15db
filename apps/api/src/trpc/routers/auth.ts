import { registerDeveloper } from '@gatehouse/core/developer/register-developer';
import { changePassword } from '@gatehouse/core/session/change-password';
import { createSession } from '@gatehouse/core/session/create-session';
import { endSession } from '@gatehouse/core/session/end-session';
import { forgetPassword } from '@gatehouse/core/session/forget-password';
import { resetPassword } from '@gatehouse/core/session/reset-password';
import { verifyEmail } from '@gatehouse/core/session/verify-email';
import {
  forgiveLogin,
  judgeFailure,
  limitForgotten,
  limitLinks,
  limitLogins,
  limitOwnPassword,
} from '../../http/login-limits.ts';
import { limitRegistrations } from '../../http/rate-limit.ts';
import { exposeCommand } from '../expose.ts';
import { router } from '../init.ts';

export const auth = router({
  register: exposeCommand(registerDeveloper, { guard: limitRegistrations }),
  login: exposeCommand(createSession, {
    guard: limitLogins,
    failed: judgeFailure,
    async done(session, input, ctx) {
      await forgiveLogin(input, ctx);
      ctx.keepSession(session);
    },
  }),
  logout: exposeCommand(endSession, { done: (_output, _input, ctx) => ctx.keepSession(null) }),
  verifyEmail: exposeCommand(verifyEmail, { guard: limitLinks }),
  forgotPassword: exposeCommand(forgetPassword, { guard: limitForgotten }),
  resetPassword: exposeCommand(resetPassword, { guard: limitLinks }),
  changePassword: exposeCommand(changePassword, { guard: limitOwnPassword }),
});
