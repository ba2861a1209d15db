import { smtpServerStatus } from '@gatehouse/core/system-settings/smtp-server-status';
import { publicAccess } from '@gatehouse/core/system-settings/public-access';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const systemSettings = router({
  publicAccess: exposeQuery(publicAccess),
  smtpServerStatus: exposeQuery(smtpServerStatus),
});
