import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { QueryScope } from '../query.ts';
import { findPortal } from './find-portal.ts';
import { portalCaller, type PortalCaller } from './portal-caller.ts';

/** The portal that a call of the portal side is about, authorized, and for whom it is made. */
export async function enterPortal(
  { em, actor, authorize }: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id }: { portal_id?: string | undefined },
): Promise<{ portal: Portal; caller: PortalCaller }> {
  const { decision, caller } = portalCaller(actor, portal_id);
  authorize(decision);
  return { portal: await findPortal(em, caller.portalId), caller };
}
