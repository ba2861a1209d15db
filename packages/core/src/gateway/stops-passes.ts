import type { EventName } from '@gatehouse/contract/events';

/**
 * Whether an event can turn a gateway's yes into a no, or a change of which fields can. Every process that remembers such
 * answers then forgets those about the event's resource. A new event does not compile until this table lists it.
 */
const STOPS_PASSES: Record<EventName, boolean | readonly string[]> = {
  'portal.created': false,
  'portal.updated': false,
  // No developer lives in a portal that is deleted.
  'portal.deleted': false,
  'developer.registered': false,
  'developer.created': false,
  'developer.invited': false,
  'developer.updated': false,
  'developer.suspended': true,
  'developer.reactivated': false,
  'developer.invite_renewed': false,
  'developer.invite_accepted': false,
  'developer.email_verified': false,
  'developer.email_change_undone': false,
  'developer.password_changed': false,
  'developer.password_forgotten': false,
  'developer.verification_mailed': false,
  'developer.deleted': true,
  'registration.repeated': false,
  'approval.accepted': false,
  // What waits for a decision does not pass.
  'approval.rejected': false,
  'deletion.requested': false,
  'deletion.completed': false,
  'token.created': false,
  'token.regenerated': false,
  'token.deleted': false,
  'email.resent': false,
  'api_product.created': false,
  'api_product.updated': ['auth'],
  'api_product.deleted': true,
  'application.created': false,
  'application.updated': false,
  'application.deleted': true,
  'credential.created': false,
  'credential.updated': ['expires_at'],
  'credential.regenerated': true,
  'credential.deleted': true,
  'subscription.created': false,
  'subscription.deleted': true,
  'session.created': false,
  'session.deleted': false,
  'login_option.created': false,
  'login_option.updated': false,
  'login_option.deleted': false,
};

export function stopsPasses(name: EventName, changed: readonly string[]): boolean {
  const stops = STOPS_PASSES[name];
  return typeof stops === 'boolean' ? stops : changed.some((field) => stops.includes(field));
}

type Resource = { portalId: string | null; resourceType: string; resourceId: string };

/** The target of a revocation. A developer's external id is unique in its portal only. */
export const revocationTarget = ({ portalId, resourceType, resourceId }: Resource): string =>
  resourceType === 'developer' ? `${String(portalId)}/${resourceId}` : resourceId;
