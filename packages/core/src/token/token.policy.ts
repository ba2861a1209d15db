import type { PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import { allows, type Scope } from '@gatehouse/contract/scopes';
import type { TokenKind } from '@gatehouse/contract/token';
import { allowed, denied, type Decision } from '../kernel/decision.ts';
import { manageIn } from '../portal/portal.policy.ts';

export type Power = { kind: TokenKind; portal: PortalId | null; scopes: readonly Scope[]; expiresAt: Date | null };

/** May this actor create such a token? A denial reveals nothing about other portals. */
export function createWithin(actor: Actor, power: Power): Decision {
  if (power.portal === null && actor.kind !== 'system' && actor.kind !== 'anonymous' && actor.portalId !== null) {
    return exceeded('Your token belongs to one portal and can create tokens only for it. Send its portal_id.');
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
  if (missing.length > 0) return exceeded(`Your token lacks the scopes ${missing.join(', ')}.`);
  if (actor.expiresAt && (!power.expiresAt || power.expiresAt > actor.expiresAt)) {
    return exceeded(
      `Your token expires at ${actor.expiresAt.toISOString()}. A token that it creates must expire by then.`,
    );
  }
  return allowed;
}

const exceeded = (detail: string): Decision => denied(new GatehouseError('scope_exceeded', detail));
