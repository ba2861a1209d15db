import type { PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import type { Approval } from '@gatehouse/contract/approval';
import { equals, fragment, type Fragment } from '../list/fragment.ts';
import { allowed, type Decision } from '../kernel/decision.ts';
import { reachIn, type Reach } from '../portal/portal-filter.ts';
import { reachOf } from '../portal/portal.policy.ts';

/** The approvals that an actor may read: those of its portals. Calls by or for a developer see only that developer's. */
export function readableApprovals(actor: Actor, portalId?: PortalId): { decision: Decision; reach: Reach } {
  const developer = actor.kind === 'developer' ? actor.uid : actor.kind === 'portal_token' && actor.developer?.uid;
  const { decision, portalIds } = reachOf(actor);
  const reach = reachIn('a.portal_id', portalIds, portalId);
  if (!developer) return { decision, reach };
  return {
    decision: allowed,
    reach: { ...reach, where: [...reach.where, fragment('a.developer_uid = ?', developer)] },
  };
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
