import { fragment, type Fragment } from '../list/list.ts';
import type { QueryScope } from '../kernel/query.ts';
import { reachOf } from './portal.policy.ts';

/** The filters that keep a list over portals to what the actor may see, and to the one portal it asks for. */
export function inReach({ actor, authorize }: QueryScope, column: string, portalId: string | undefined): Fragment[] {
  const reach = reachOf(actor);
  authorize(reach.decision);
  return [reach.portalId, portalId].filter((id) => typeof id === 'string').map((id) => fragment(`${column} = ?`, id));
}
