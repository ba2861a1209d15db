import type { DeveloperUid, PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import type { Approval } from '@gatehouse/contract/approval';
import { equals, fragment, type Fragment } from '../list/fragment.ts';
import { allowed, type Decision } from '../kernel/decision.ts';
import { reachOf } from '../portal/portal.policy.ts';

/** The approvals that an actor may read: those of its portals. Calls by or for a developer see only that developer's. */
export function readableApprovals(actor: Actor): { decision: Decision; filter: Fragment[] } {
  if (actor.kind === 'developer') return { decision: allowed, filter: ownOf(actor.portalId, actor.uid) };
  if (actor.kind === 'portal_token' && actor.developer) {
    return { decision: allowed, filter: ownOf(actor.portalId, actor.developer.uid) };
  }
  const { decision, portalId } = reachOf(actor);
  return { decision, filter: portalId === null ? [] : [fragment('a.portal_id = ?', portalId)] };
}

/** Whether the call is made by or for a single developer. */
export const isDeveloper = (actor: Actor): boolean =>
  actor.kind === 'developer' || (actor.kind === 'portal_token' && actor.developer !== null);

/** Developers can read a decision and its reason, but not the operator or the metadata. */
export const approvalSeenBy = (actor: Actor, approval: Approval): Approval =>
  isDeveloper(actor) ? { ...approval, operator_id: null, operator_name: null, metadata: null } : approval;

/** For developers, a filter by operator matches nothing, so that it cannot be used to guess the operator. */
export const operatorFilter = (actor: Actor, name: string | undefined): Fragment[] =>
  name !== undefined && isDeveloper(actor) ? [fragment('false')] : equals('a.operator_name', name);

const ownOf = (portalId: PortalId, developerUid: DeveloperUid): Fragment[] => [
  fragment('a.portal_id = ?', portalId),
  fragment('a.developer_uid = ?', developerUid),
];
