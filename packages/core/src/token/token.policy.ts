import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import { allows, type Scope } from '@gatehouse/contract/scopes';
import { allowed, denied, type Decision } from '../decision.ts';
import { manageIn } from '../portal/portal.policy.ts';

export type Power = { portal: string | null; scopes: readonly Scope[]; expiresAt: Date | null };

/** A token hands on no more than it has: scopes, portal and expiry lie within its own. */
export function handOn(actor: Actor, power: Power): Decision {
  if (actor.kind === 'system') return allowed;
  const reach = manageIn(actor, power.portal, 'token');
  if (!reach.allowed || actor.kind === 'anonymous') return reach;
  const missing = power.scopes.filter((scope) => !allows(actor.scopes, scope));
  if (missing.length > 0) return exceeded(`Your token lacks ${missing.join(', ')}.`);
  if (actor.expiresAt && (!power.expiresAt || power.expiresAt > actor.expiresAt)) {
    return exceeded(`Your token expires at ${actor.expiresAt.toISOString()}; no token it makes may live longer.`);
  }
  return allowed;
}

const exceeded = (detail: string): Decision => denied(new GatehouseError('scope_exceeded', detail));
