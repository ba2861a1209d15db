import { PortalSideInput, PublicAccess } from '@gatehouse/contract/portal-side';
import { query } from '../query.ts';
import { enterPortal } from './enter-portal.ts';

export const getPublicAccess = query({
  name: 'systemSettings.publicAccess',
  access: 'api_products:read',
  summary: 'Whether the portal shows itself to visitors who have not signed in',
  input: PortalSideInput,
  output: PublicAccess,
  async run(scope, input) {
    const { portal } = await enterPortal(scope, input);
    return { portal_public_access: portal.settings.public_access };
  },
});
