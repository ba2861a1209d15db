import type { PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import { allows, type Scope } from '@gatehouse/contract/scopes';
import type { TokenKind } from '@gatehouse/contract/token';
import { allowed, denied, type Decision } from '../kernel/decision.ts';
import { manageIn, reachOf } from '../portal/portal.policy.ts';

export type Power = { kind: TokenKind; portal: PortalId | null; scopes: readonly Scope[]; expiresAt: Date | null };

/** May this actor create such a token? A denial reveals nothing about other portals. */
export function createWithin(actor: Actor, power: Power): Decision {
  if (power.portal === null && reachOf(actor).portalIds !== null) {
    return exceeded(
      actor.kind === 'operator'
        ? 'You work on some portals and can create tokens only for them. Send the portal_id of one.'
        : 'Your token belongs to one portal and can create tokens only for it. Send its portal_id.',
    );
  }
  const reach = manageIn(actor, power.portal, 'portal');
  return reach.allowed ? handOn(actor, power) : reach;
}

/** May this actor create, replace or delete this token? Its own kind, scopes, portal and expiry are the upper bound. */
export function manageToken(actor: Actor, power: Power): Decision {
  const reach = manageIn(actor, power.portal, 'token');
  return reach.allowed ? handOn(actor, power) : reach;
}

function handOn(actor: Actor, power: Power): Decision {
  if (actor.kind === 'system' || actor.kind === 'anonymous') return allowed;
  if (actor.kind === 'developer') return exceeded('Developers cannot create tokens.');
  if (actor.kind === 'portal_token' && power.kind === 'admin')
    return exceeded('A portal token can create portal tokens only.');
  const missing = power.scopes.filter((scope) => !allows(actor.scopes, scope));
  if (missing.length > 0) return exceeded(lacking(actor, missing));
  if (actor.kind !== 'operator' && actor.expiresAt && (!power.expiresAt || power.expiresAt > actor.expiresAt)) {
    return exceeded(
      `Your token expires at ${actor.expiresAt.toISOString()}. A token that it creates must expire by then.`,
    );
  }
  return allowed;
}

/** The detail of an error for an actor without these scopes. */
export const lacking = (actor: Actor, missing: readonly Scope[]): string =>
  actor.kind === 'operator'
    ? `Your role ${actor.role} lacks the scopes ${missing.join(', ')}.`
    : `Your token lacks the scopes ${missing.join(', ')}.`;

export const exceeded = (detail: string): Decision => denied(new GatehouseError('scope_exceeded', detail));
