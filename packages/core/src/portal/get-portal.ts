import { Portal, PortalRef } from '@gatehouse/contract/portal';
import { query } from '../kernel/query.ts';
import { findPortal } from './find-portal.ts';
import { manageIn } from './portal.policy.ts';
import { portalView } from './portal.view.ts';

export const getPortal = query({
  name: 'portals.get',
  access: 'portals:read',
  summary: 'Get a portal',
  input: PortalRef,
  output: Portal,
  async run({ em, actor, authorize }, { portal_id }) {
    const portal = await findPortal(em, portal_id);
    authorize(manageIn(actor, portal.id, 'portal'));
    return portalView(portal);
  },
});
