import type { PortalId } from '@gatehouse/contract/ids';
import type { ActingDeveloper, Actor } from '@gatehouse/contract/actor';
import type { DeveloperState } from '@gatehouse/contract/developer';
import { accountSuspended, fieldError, GatehouseError, notFound } from '@gatehouse/contract/errors';
import { allowed, denied } from '../kernel/decision.ts';
import type { QueryScope } from '../kernel/query.ts';
import { reachOf } from './portal.policy.ts';

/** The portal whose records a call on the portal side sees, and the developer if it sees only one developer's. */
export type PortalCaller = {
  portalId: PortalId;
  developer: ActingDeveloper | null;
  /** A portal token that names no developer, as front ends use it for visitors. */
  forVisitors: boolean;
};

/**
 * The portal side serves developers with a session, portal tokens (for the developer in `X-Portal-Developer-ID`, else for
 * the portal), operators and admin tokens, which name the portal by `portal_id`. Another portal is answered like a missing one.
 */
export function portalCaller(
  { actor, authorize }: Pick<QueryScope, 'actor' | 'authorize'>,
  portalId: PortalId | undefined,
): PortalCaller {
  const { own, developer } = boundTo(actor);
  const reached = portalId ?? (own?.length === 1 ? own[0] : undefined);
  if (reached === undefined)
    throw fieldError(
      'invalid_input',
      'portal_id',
      actor.kind === 'operator' ? 'Required unless you work on a single portal' : 'Required with an admin token',
    );
  authorize(own === null || own.includes(reached) ? allowed : denied(notFound('portal')));
  return { portalId: reached, developer, forVisitors: actor.kind === 'portal_token' && developer === null };
}

/** The portals of the actor, or null for all, and the developer for whom the actor acts there. */
function boundTo(actor: Actor): { own: readonly PortalId[] | null; developer: ActingDeveloper | null } {
  switch (actor.kind) {
    case 'portal_token':
      return { own: [actor.portalId], developer: actor.developer };
    case 'developer':
      return { own: [actor.portalId], developer: actor };
    case 'admin_token':
    case 'operator':
    case 'system':
      return { own: reachOf(actor).portalIds, developer: null };
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

/** For records that can be created only for an active developer, even by an admin. */
export function assertActive(state: DeveloperState): void {
  if (state === 'Active') return;
  throw new GatehouseError('developer_not_active', `The developer is ${state} and has read-only access.`);
}

/** For changes of existing records. A portal or an admin can always make them, a developer only while active. */
export function assertMayChange(caller: PortalCaller): void {
  if (caller.developer) activeDeveloper(caller);
}
