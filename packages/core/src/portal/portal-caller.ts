import type { ActingDeveloper, Actor } from '@gatehouse/contract/actor';
import type { DeveloperState } from '@gatehouse/contract/developer';
import { accountSuspended, fieldError, GatehouseError, notFound } from '@gatehouse/contract/errors';
import { allowed, denied } from '../kernel/decision.ts';
import type { QueryScope } from '../kernel/query.ts';

/** Whose records a call on the portal side is about: one portal's, or those of one of its developers alone. */
export type PortalCaller = {
  portalId: string;
  developer: ActingDeveloper | null;
  /** A portal token that names no developer: a front end serves visitors who have not signed in this way. */
  forVisitors: boolean;
};

/**
 * The portal side serves a developer in person, a portal token (with `X-Portal-Developer-ID`: for that developer;
 * without: for the portal) and an admin token, which names the portal by `portal_id`. Another portal is answered like
 * one that does not exist.
 */
export function portalCaller(
  { actor, authorize }: Pick<QueryScope, 'actor' | 'authorize'>,
  portalId: string | undefined,
): PortalCaller {
  const { own, developer } = boundTo(actor);
  const reached = portalId?.toLowerCase() ?? own;
  if (reached === null) throw fieldError('invalid_input', 'portal_id', 'Required with an admin token');
  authorize(own === null || own === reached ? allowed : denied(notFound('portal')));
  return { portalId: reached, developer, forVisitors: actor.kind === 'portal_token' && developer === null };
}

/** The portal that the actor cannot leave, if any, and for whom it acts there. */
function boundTo(actor: Actor): { own: string | null; developer: ActingDeveloper | null } {
  switch (actor.kind) {
    case 'portal_token':
      return { own: actor.portalId, developer: actor.developer };
    case 'developer':
      return { own: actor.portalId, developer: actor };
    case 'admin_token':
      return { own: actor.portalId, developer: null };
    case 'system':
      return { own: null, developer: null };
    case 'anonymous':
      throw new GatehouseError('unauthenticated', 'Send a valid token: Authorization: Bearer <token>.');
  }
}

/** The developer on whose behalf a record is created. Developers who are not active have read-only access. */
export function activeDeveloper({ developer }: PortalCaller): ActingDeveloper {
  if (!developer) {
    throw new GatehouseError('malformed_request', 'A portal token must name a developer in X-Portal-Developer-ID.');
  }
  if (developer.suspension) throw accountSuspended(developer.suspension);
  assertActive(developer.state);
  return developer;
}

/** For records that may be created only for an active developer, no matter who calls. */
export function assertActive(state: DeveloperState): void {
  if (state === 'Active') return;
  throw new GatehouseError('developer_not_active', `The developer is ${state} and has read-only access.`);
}

/** For changes of existing records: always by the portal or an admin, on behalf of a developer only while it is active. */
export function assertMayChange(caller: PortalCaller): void {
  if (caller.developer) activeDeveloper(caller);
}
