import type { PortalId } from '@gatehouse/contract/ids';
import { equals, fragment, isOneOf, type Fragment } from '../list/fragment.ts';
import type { QueryScope } from '../kernel/query.ts';
import { reachOf } from './portal.policy.ts';

/** The filters of a list. `where`: at most one portal, which begins an index of every order. */
export type Reach = { where: Fragment[]; filters: Fragment[] };

/** Restricts a list to the portals that the actor may see, and to the requested portal. */
export function inReach({ actor, authorize }: QueryScope, column: string, portalId: PortalId | undefined): Reach {
  const { decision, portalIds } = reachOf(actor);
  authorize(decision);
  return reachIn(column, portalIds, portalId);
}

/** `portalIds`: null for all portals. */
export function reachIn(column: string, portalIds: readonly PortalId[] | null, portalId: PortalId | undefined): Reach {
  if (portalIds === null) return { where: equals(column, portalId), filters: [] };
  if (portalId !== undefined && !portalIds.includes(portalId)) return { where: [fragment('false')], filters: [] };
  const [only, ...others] = portalId === undefined ? portalIds : [portalId];
  if (only !== undefined && others.length === 0) return { where: equals(column, only), filters: [] };
  return { where: [], filters: [isOneOf(column, portalIds)] };
}
