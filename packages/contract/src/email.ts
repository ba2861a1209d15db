import { EmailId, PortalUuid } from './ids.ts';
import { z } from 'zod';
import { pageInput, pageOf } from './page.ts';
import { Id, line, Timestamp } from './text.ts';

const EMAIL_KINDS = [
  'registration_pending',
  'registration_accepted',
  'registration_rejected',
  'registration_existing',
  'invitation',
  'verify_email',
  'password_reset',
  'email_changed',
  'email_existing',
  'suspended',
  'reactivated',
  'subscription_pending',
  'subscriptions_pending',
  'subscription_accepted',
  'subscription_rejected',
  'operator_invitation',
  'operator_password_reset',
] as const;
export const EMAIL_STATUSES = ['queued', 'sent', 'failed', 'suppressed'] as const;

export type EmailKind = (typeof EMAIL_KINDS)[number];

const email = {
  id: Id,
  /** Null for mails to operators. */
  portal_id: Id.nullable(),
  kind: z.enum(EMAIL_KINDS),
  to: z.string(),
  subject: z.string(),
  status: z.enum(EMAIL_STATUSES),
  attempts: z.int().min(0),
  last_error: z.string().nullable(),
  message_id: z.string(),
  created_at: Timestamp,
  sent_at: Timestamp.nullable(),
};

export const Email = z.object(email).meta({ id: 'Email' });
export type Email = z.infer<typeof Email>;
export const EmailPage = pageOf(Email);
/** One mail with its text. Links that grant access are replaced by `[link]`. */
export const EmailWithText = z.object({ ...email, text: z.string() }).meta({ id: 'EmailWithText' });

export const ListEmailsInput = z.strictObject({
  kind: z.enum(EMAIL_KINDS).optional(),
  status: z.enum(EMAIL_STATUSES).optional(),
  portal_id: PortalUuid.optional(),
  to: line(254).optional(),
  ...pageInput(['created_at']),
});
export const EmailRef = z.strictObject({ email_id: EmailId });
