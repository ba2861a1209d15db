import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { QueryScope } from '../kernel/query.ts';
import { findPortal } from './find-portal.ts';
import { portalCaller, type PortalCaller } from './portal-caller.ts';

/** As `portalCaller`, where the portal itself is needed too, or at least has to be there. */
export async function enterPortal(
  scope: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id }: { portal_id?: string | undefined },
): Promise<{ portal: Portal; caller: PortalCaller }> {
  const caller = portalCaller(scope, portal_id);
  return { portal: await findPortal(scope.em, caller.portalId), caller };
}
