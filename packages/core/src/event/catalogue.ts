import type { EventName, EventResource } from '@gatehouse/contract/events';

/** A queue whose handler works on an event. The relay adds one `deliver-email` for each mail of the event in any case. */
export type EventJob = 'deliver-email' | 'erase-developer';

type EventRow = {
  resource: EventResource | readonly EventResource[];
  /**
   * Whether the event ends what processes remember about the resource: gateway decisions, and the holders of tokens and
   * sessions. A list: only if one of these fields changed.
   */
  revokes: boolean | readonly string[];
  /** Whether integrations may receive the event. Sign-ins, tokens and mails are for the audit log only. Webhooks will read it. */
  public: boolean;
  jobs: readonly EventJob[];
};

/** The facts of every event. An event of the contract without a row here does not compile. */
export const EVENTS = {
  'portal.created': { resource: 'portal', revokes: false, public: true, jobs: [] },
  'portal.updated': { resource: 'portal', revokes: ['public_url'], public: true, jobs: [] },
  // Its tokens end. A portal with developers cannot be deleted.
  'portal.deleted': { resource: 'portal', revokes: true, public: true, jobs: [] },
  'developer.registered': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.created': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.invited': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.updated': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.suspended': { resource: 'developer', revokes: true, public: true, jobs: [] },
  'developer.reactivated': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.invite_renewed': { resource: 'developer', revokes: true, public: true, jobs: [] },
  'developer.invite_accepted': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.email_verified': { resource: 'developer', revokes: false, public: true, jobs: [] },
  'developer.email_change_undone': { resource: 'developer', revokes: true, public: true, jobs: [] },
  'developer.password_changed': { resource: 'developer', revokes: true, public: false, jobs: [] },
  // About the portal if the address belongs to none of its developers.
  'developer.password_forgotten': { resource: ['developer', 'portal'], revokes: false, public: false, jobs: [] },
  'developer.verification_mailed': { resource: 'developer', revokes: false, public: false, jobs: [] },
  'developer.deleted': { resource: 'developer', revokes: true, public: true, jobs: [] },
  'registration.repeated': { resource: 'developer', revokes: false, public: false, jobs: [] },
  'approval.accepted': { resource: 'approval', revokes: false, public: true, jobs: [] },
  // A pending subscription does not pass yet.
  'approval.rejected': { resource: 'approval', revokes: false, public: true, jobs: [] },
  'deletion.requested': { resource: 'deletion', revokes: false, public: true, jobs: ['erase-developer'] },
  'deletion.completed': { resource: 'deletion', revokes: false, public: true, jobs: [] },
  'token.created': { resource: 'token', revokes: false, public: false, jobs: [] },
  'token.regenerated': { resource: 'token', revokes: true, public: false, jobs: [] },
  'token.deleted': { resource: 'token', revokes: true, public: false, jobs: [] },
  'email.resent': { resource: 'email', revokes: false, public: false, jobs: ['deliver-email'] },
  'api_product.created': { resource: 'api_product', revokes: false, public: true, jobs: [] },
  'api_product.updated': { resource: 'api_product', revokes: ['auth'], public: true, jobs: [] },
  'api_product.deleted': { resource: 'api_product', revokes: true, public: true, jobs: [] },
  'application.created': { resource: 'application', revokes: false, public: true, jobs: [] },
  'application.updated': { resource: 'application', revokes: false, public: true, jobs: [] },
  'application.deleted': { resource: 'application', revokes: true, public: true, jobs: [] },
  'credential.created': { resource: 'credential', revokes: false, public: true, jobs: [] },
  'credential.updated': { resource: 'credential', revokes: ['expires_at'], public: true, jobs: [] },
  'credential.regenerated': { resource: 'credential', revokes: true, public: true, jobs: [] },
  'credential.deleted': { resource: 'credential', revokes: true, public: true, jobs: [] },
  'subscription.created': { resource: 'subscription', revokes: false, public: true, jobs: [] },
  'subscription.deleted': { resource: 'subscription', revokes: true, public: true, jobs: [] },
  'session.created': { resource: 'session', revokes: false, public: false, jobs: [] },
  'session.deleted': { resource: 'session', revokes: true, public: false, jobs: [] },
  'login_option.created': { resource: 'login_option', revokes: false, public: true, jobs: [] },
  'login_option.updated': { resource: 'login_option', revokes: ['disable'], public: true, jobs: [] },
  'login_option.deleted': { resource: 'login_option', revokes: true, public: true, jobs: [] },
  'operator.invited': { resource: 'operator', revokes: false, public: false, jobs: [] },
  'operator.invite_renewed': { resource: 'operator', revokes: false, public: false, jobs: [] },
  'operator.invite_accepted': { resource: 'operator', revokes: false, public: false, jobs: [] },
  'operator.updated': { resource: 'operator', revokes: ['role', 'portal_ids'], public: false, jobs: [] },
  'operator.disabled': { resource: 'operator', revokes: true, public: false, jobs: [] },
  'operator.enabled': { resource: 'operator', revokes: false, public: false, jobs: [] },
  'operator.deleted': { resource: 'operator', revokes: true, public: false, jobs: [] },
  'operator.sessions_ended': { resource: 'operator', revokes: true, public: false, jobs: [] },
  'operator.password_changed': { resource: 'operator', revokes: true, public: false, jobs: [] },
  // About the installation if the address belongs to no operator.
  'operator.password_forgotten': { resource: 'operator', revokes: false, public: false, jobs: [] },
  'operator_session.created': { resource: 'operator_session', revokes: false, public: false, jobs: [] },
  'operator_session.deleted': { resource: 'operator_session', revokes: true, public: false, jobs: [] },
} as const satisfies Record<EventName, EventRow>;

type Resources<R> = R extends readonly (infer T)[] ? T : R;

/** The types of resources that an event can be about. */
export type ResourceTypeOf<N extends EventName> = Extract<Resources<(typeof EVENTS)[N]['resource']>, EventResource>;

/** The jobs that an event adds to the queue, besides the delivery of the event's mails. */
export const jobsOf = (name: EventName): readonly EventJob[] => EVENTS[name].jobs;
