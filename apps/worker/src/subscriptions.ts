import type { EventName } from '@gatehouse/contract/events';
import type { QueueName } from '@gatehouse/queue/jobs';

/**
 * Which handlers an event sets to work, besides one `deliver-email` for each mail that its transaction queued. A new
 * event does not compile until it stands here.
 */
export const SUBSCRIPTIONS: Record<EventName, readonly QueueName[]> = {
  'portal.created': [],
  'portal.updated': [],
  'portal.deleted': [],
  'developer.registered': [],
  'developer.created': [],
  'developer.invited': [],
  'developer.updated': [],
  'developer.suspended': [],
  'developer.reactivated': [],
  'developer.invite_renewed': [],
  'developer.email_verified': [],
  'developer.password_changed': [],
  'developer.password_forgotten': [],
  'developer.deleted': [],
  'registration.repeated': [],
  'approval.accepted': [],
  'approval.rejected': [],
  'deletion.requested': ['erase-developer'],
  'deletion.completed': [],
  'token.created': [],
  'token.regenerated': [],
  'token.deleted': [],
  'email.resent': ['deliver-email'],
  'api_product.created': [],
  'api_product.updated': [],
  'api_product.deleted': [],
  'application.created': [],
  'application.updated': [],
  'application.deleted': [],
  'credential.created': [],
  'credential.updated': [],
  'credential.regenerated': [],
  'credential.deleted': [],
  'subscription.created': [],
  'subscription.deleted': [],
  'session.created': [],
  'session.deleted': [],
  'login_option.created': [],
  'login_option.updated': [],
  'login_option.deleted': [],
};
