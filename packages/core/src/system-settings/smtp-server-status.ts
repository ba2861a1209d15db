import { PortalSideInput, SmtpServerStatus } from '@gatehouse/contract/portal-side';
import { enterPortal } from '../portal/enter-portal.ts';
import { query } from '../kernel/query.ts';

export const smtpServerStatus = query({
  name: 'systemSettings.smtpServerStatus',
  access: 'api_products:read',
  summary: 'Get whether mails are sent, or only recorded because no mail server is configured',
  input: PortalSideInput,
  output: SmtpServerStatus,
  async run(scope, input) {
    await enterPortal(scope, input);
    return { enable: scope.settings.smtpEnabled };
  },
});
