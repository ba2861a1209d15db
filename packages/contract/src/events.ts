import { PortalUuid } from './ids.ts';
import { z } from 'zod';
import { line, Id, Timestamp } from './text.ts';
import { pageInput, pageOf } from './page.ts';

/** All events. `packages/core/src/event/catalogue.ts` describes each of them. */
export const EVENT_NAMES = [
  'portal.created',
  'portal.updated',
  'portal.deleted',
  'developer.registered',
  'developer.created',
  'developer.invited',
  'developer.updated',
  'developer.suspended',
  'developer.reactivated',
  'developer.invite_renewed',
  'developer.invite_accepted',
  'developer.email_verified',
  'developer.email_change_undone',
  'developer.password_changed',
  'developer.password_forgotten',
  'developer.verification_mailed',
  'developer.deleted',
  'registration.repeated',
  'approval.accepted',
  'approval.rejected',
  'deletion.requested',
  'deletion.completed',
  'token.created',
  'token.regenerated',
  'token.deleted',
  'email.resent',
  'api_product.created',
  'api_product.updated',
  'api_product.deleted',
  'application.created',
  'application.updated',
  'application.deleted',
  'credential.created',
  'credential.updated',
  'credential.regenerated',
  'credential.deleted',
  'subscription.created',
  'subscription.deleted',
  'session.created',
  'session.deleted',
  'login_option.created',
  'login_option.updated',
  'login_option.deleted',
  'operator.invited',
  'operator.invite_renewed',
  'operator.invite_accepted',
  'operator.updated',
  'operator.disabled',
  'operator.enabled',
  'operator.deleted',
  'operator.sessions_ended',
  'operator.password_changed',
  'operator.password_forgotten',
  'operator_session.created',
  'operator_session.deleted',
] as const;

export const EventName = z.enum(EVENT_NAMES);
export type EventName = z.infer<typeof EventName>;

export const EVENT_RESOURCES = [
  'portal',
  'developer',
  'approval',
  'deletion',
  'token',
  'email',
  'api_product',
  'application',
  'credential',
  'subscription',
  'session',
  'login_option',
  'operator',
  'operator_session',
] as const;
export type EventResource = (typeof EVENT_RESOURCES)[number];

export const EVENT_ACTORS = ['admin_token', 'operator', 'portal_token', 'developer', 'system', 'anonymous'] as const;

export const AuditEvent = z
  .object({
    id: Id,
    name: EventName,
    actor: z.object({
      kind: z.enum(EVENT_ACTORS),
      id: z.string().nullable(),
      on_behalf_of: z.string().nullable(),
    }),
    portal_id: Id.nullable(),
    resource_type: z.enum(EVENT_RESOURCES),
    resource_id: z.string(),
    changed: z.array(z.string()),
    request_id: z.string().nullable(),
    occurred_at: Timestamp,
    context: z.object({ address: z.string().nullable(), user_agent: z.string().nullable() }).nullable().meta({
      description:
        'IP address and user agent of the caller, until they are erased. Visible to operators and admin tokens only.',
    }),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof AuditEvent>;

export const ListAuditEventsInput = z.strictObject({
  ...pageInput(['occurred_at']),
  name: EventName.optional(),
  portal_id: PortalUuid.optional(),
  resource_type: z.enum(EVENT_RESOURCES).optional(),
  resource_id: line(256).optional(),
  request_id: line(64).optional(),
});
export const AuditEventPage = pageOf(AuditEvent);
