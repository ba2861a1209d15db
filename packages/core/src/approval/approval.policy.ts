import type { Actor } from '@gatehouse/contract/actor';
import { fragment, type Fragment } from '../list.ts';
import { allowed, type Decision } from '../decision.ts';
import { reachOf } from '../portal/portal.policy.ts';

/** Which approvals an actor may read: those of its portals; a developer, or on behalf of one, its own alone. */
export function readableApprovals(actor: Actor): { decision: Decision; filter: Fragment[] } {
  if (actor.kind === 'developer') return { decision: allowed, filter: ownOf(actor.portalId, actor.uid) };
  if (actor.kind === 'portal_token' && actor.developer) {
    return { decision: allowed, filter: ownOf(actor.portalId, actor.developer.uid) };
  }
  const { decision, portalId } = reachOf(actor);
  return { decision, filter: portalId === null ? [] : [fragment('a.portal_id = ?', portalId)] };
}

const ownOf = (portalId: string, developerUid: string): Fragment[] => [
  fragment('a.portal_id = ?', portalId),
  fragment('a.developer_uid = ?', developerUid),
];
