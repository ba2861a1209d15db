import { getSmtpServerStatus } from '@gatehouse/core/email/get-smtp-server-status';
import { getPublicAccess } from '@gatehouse/core/portal/get-public-access';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const systemSettings = router({
  publicAccess: exposeQuery(getPublicAccess),
  smtpServerStatus: exposeQuery(getSmtpServerStatus),
});
