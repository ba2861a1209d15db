import { deleteMe } from '@gatehouse/core/me/delete-me';
import { getMe } from '@gatehouse/core/me/get-me';
import { mailVerification } from '@gatehouse/core/me/mail-verification';
import { updateMe } from '@gatehouse/core/me/update-me';
import { deleteSession } from '@gatehouse/core/me/delete-session';
import { listSessions } from '@gatehouse/core/me/list-sessions';
import { limitNewAddress, limitOwnMails, limitOwnPassword } from '../../http/login-limits.ts';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const me = router({
  get: exposeQuery(getMe),
  update: exposeCommand(updateMe, 'password', { guard: limitNewAddress }),
  delete: exposeCommand(deleteMe, 'password', {
    guard: limitOwnPassword,
    done: (_output, _input, ctx) => ctx.keepSession(null),
  }),
  mailVerification: exposeCommand(mailVerification, 'mail', { guard: limitOwnMails }),
  listSessions: exposeQuery(listSessions),
  deleteSession: exposeCommand(deleteSession, 'change'),
});
