import type { PortalId } from '@gatehouse/contract/ids';
import { fragment, type Fragment } from '../list/fragment.ts';
import type { QueryScope } from '../kernel/query.ts';
import { reachOf } from './portal.policy.ts';

/** Filters that restrict a list to the portals that the actor may see, and to the requested portal. */
export function inReach({ actor, authorize }: QueryScope, column: string, portalId: PortalId | undefined): Fragment[] {
  const reach = reachOf(actor);
  authorize(reach.decision);
  return [reach.portalId, portalId].filter((id) => typeof id === 'string').map((id) => fragment(`${column} = ?`, id));
}
