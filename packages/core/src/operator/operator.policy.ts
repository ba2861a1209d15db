import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { PortalId } from '@gatehouse/contract/ids';
import { allows, type OperatorRole, ROLE_SCOPES } from '@gatehouse/contract/scopes';
import { allowed, denied, type Decision } from '../kernel/decision.ts';
import { reachOf } from '../portal/portal.policy.ts';
import { exceeded, lacking } from '../token/token.policy.ts';

/** What an operator may do, and in which portals; null for all. */
export type Power = { role: OperatorRole; portalIds?: readonly PortalId[] | null | undefined };

/** May this actor see operators at all? `portalIds`: it sees those who work on no other portals; null for everyone. */
export function seeOperators(actor: Actor): { decision: Decision; portalIds: readonly PortalId[] | null } {
  const { portalIds } = reachOf(actor);
  const isProvider = actor.kind === 'operator' || actor.kind === 'admin_token' || actor.kind === 'system';
  const decision = isProvider ? allowed : denied(new GatehouseError('forbidden', 'Portals cannot see operators.'));
  return { decision, portalIds };
}

/** May this actor read this operator? One who also works on other portals is answered like a missing one. */
export function seeOperator(actor: Actor, { portalIds }: Power): Decision {
  const seen = seeOperators(actor);
  const isSeen = seen.decision.allowed && isWithin(portalIds ?? null, seen.portalIds);
  return isSeen ? allowed : denied(notFound('operator'));
}

/** May this actor change this operator? The operator's role and portals must lie within those of the actor. */
export function manageOperator(actor: Actor, power: Power): Decision {
  const seen = seeOperator(actor, power);
  return seen.allowed ? grantPower(actor, power) : seen;
}

/** May this actor give an operator this role in these portals? Nobody grants more than they have. */
export function grantPower(actor: Actor, { role, portalIds }: Power): Decision {
  const seen = seeOperators(actor);
  if (!seen.decision.allowed || actor.kind === 'system') return seen.decision;
  if (!isWithin(portalIds ?? null, seen.portalIds))
    return exceeded('Your access is limited to some portals. An operator whom you manage can work only on those.');
  if (actor.kind === 'anonymous') return denied(new GatehouseError('unauthenticated', 'Send a valid token.'));
  const missing = ROLE_SCOPES[role].filter((scope) => !allows(actor.scopes, scope));
  if (missing.length > 0) return exceeded(lacking(actor, missing));
  if (actor.kind === 'admin_token' && actor.expiresAt)
    return exceeded('Your token expires, but operators do not. Use a token without an expiry.');
  return allowed;
}

/** An operator whose portals have all been deleted is in the reach of no single portal. */
const isWithin = (portalIds: readonly PortalId[] | null, bounds: readonly PortalId[] | null): boolean =>
  bounds === null || (portalIds !== null && portalIds.length > 0 && portalIds.every((id) => bounds.includes(id)));
