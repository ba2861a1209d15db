import type { PortalId } from '@gatehouse/contract/ids';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { QueryScope } from '../kernel/query.ts';
import { findPortal } from './find-portal.ts';
import { portalCaller, type PortalCaller } from './portal-caller.ts';

/** Like `portalCaller`, and loads the portal. Throws `not_found` if it does not exist. */
export async function enterPortal(
  scope: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id }: { portal_id?: PortalId | undefined },
): Promise<{ portal: Portal; caller: PortalCaller }> {
  const caller = portalCaller(scope, portal_id);
  return { portal: await findPortal(scope.em, caller.portalId), caller };
}
