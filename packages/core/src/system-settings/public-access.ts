import { PortalSideInput, PublicAccess } from '@gatehouse/contract/portal-side';
import { query } from '../kernel/query.ts';
import { enterPortal } from '../portal/enter-portal.ts';

export const publicAccess = query({
  name: 'systemSettings.publicAccess',
  access: 'api_products:read',
  summary: 'Get whether visitors who have not signed in can see the portal',
  input: PortalSideInput,
  output: PublicAccess,
  async run(scope, input) {
    const { portal } = await enterPortal(scope, input);
    return { portal_public_access: portal.settings.public_access };
  },
});
