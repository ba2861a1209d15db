import type { PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { allowed, denied, type Decision } from '../kernel/decision.ts';

/**
 * Isolates portals from each other. May this actor manage records of this portal? A record of another
 * portal is answered exactly like a missing one. `what` names the record in the error.
 */
export function manageIn(actor: Actor, portalId: PortalId | null, what: string): Decision {
  switch (actor.kind) {
    case 'system':
      return allowed;
    case 'admin_token':
      return actor.portalId === null || actor.portalId === portalId ? allowed : denied(notFound(what));
    case 'operator':
      return isWithin(portalId, actor.portalIds) ? allowed : denied(notFound(what));
    case 'portal_token':
      if (actor.portalId !== portalId) return denied(notFound(what));
      return actor.developer ? denied(onlyItself()) : allowed;
    case 'developer':
      return denied(actor.portalId === portalId ? onlyItself() : notFound(what));
    case 'anonymous':
      return denied(new GatehouseError('unauthenticated', 'Send a valid token: Authorization: Bearer <token>.'));
  }
}

const isWithin = (portalId: PortalId | null, portalIds: readonly PortalId[] | null): boolean =>
  portalIds === null || (portalId !== null && portalIds.includes(portalId));

/** May this actor list records of several portals? `portalIds`: the portals to which the actor is bound; null for all. */
export function reachOf(actor: Actor): { decision: Decision; portalIds: readonly PortalId[] | null } {
  switch (actor.kind) {
    case 'system':
      return { decision: allowed, portalIds: null };
    case 'admin_token':
      return { decision: allowed, portalIds: actor.portalId === null ? null : [actor.portalId] };
    case 'operator':
      return { decision: allowed, portalIds: actor.portalIds };
    case 'portal_token':
      return { decision: actor.developer ? denied(onlyItself()) : allowed, portalIds: [actor.portalId] };
    case 'developer':
      return { decision: denied(onlyItself()), portalIds: [actor.portalId] };
    case 'anonymous':
      return { decision: denied(new GatehouseError('unauthenticated', 'Send a valid token.')), portalIds: null };
  }
}

/** Only operators and admin tokens for all portals create and delete portals. */
export function manageInstallation(actor: Actor): Decision {
  if (actor.kind === 'system') return allowed;
  if (actor.kind === 'operator')
    return actor.portalIds === null
      ? allowed
      : forbidden('You work on some portals only. Ask an operator of all portals.');
  if (actor.kind === 'admin_token' && actor.portalId === null) return allowed;
  return forbidden('Your token belongs to one portal. Use a token of the whole installation.');
}

const forbidden = (detail: string): Decision => denied(new GatehouseError('forbidden', detail));

const onlyItself = (): GatehouseError =>
  new GatehouseError('forbidden', 'Developers cannot do this, even through a portal token.');
