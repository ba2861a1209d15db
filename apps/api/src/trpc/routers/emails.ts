import { getEmail } from '@gatehouse/core/email/get-email';
import { listEmails } from '@gatehouse/core/email/list-emails';
import { resendEmail } from '@gatehouse/core/email/resend-email';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const emails = router({
  list: exposeQuery(listEmails),
  get: exposeQuery(getEmail),
  resend: exposeCommand(resendEmail, 'mail'),
});
