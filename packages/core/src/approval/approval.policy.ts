import type { Actor } from '@gatehouse/contract/actor';
import { fragment, type Fragment } from '../list.ts';
import { allowed, type Decision } from '../decision.ts';
import { reachOf } from '../portal/portal.policy.ts';

/** Which approvals an actor may read: those of its portals; on behalf of a developer, that developer's own alone. */
export function readableApprovals(actor: Actor): { decision: Decision; filter: Fragment[] } {
  if (actor.kind === 'portal_token' && actor.developer) {
    return {
      decision: allowed,
      filter: [fragment('a.portal_id = ?', actor.portalId), fragment('a.developer_uid = ?', actor.developer.uid)],
    };
  }
  const { decision, portalId } = reachOf(actor);
  return { decision, filter: portalId === null ? [] : [fragment('a.portal_id = ?', portalId)] };
}
