import { z } from 'zod';
import { DeveloperId, PortalId } from './ids.ts';
import { Locale } from './locale.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { exactLine, Id, label, Labels, LabelsPatch, newEmailAddress, reason, Timestamp } from './text.ts';

export const DEVELOPER_STATES = ['Pending', 'Active', 'Suspended'] as const;
export const DeveloperState = z.enum(DEVELOPER_STATES);
export type DeveloperState = z.infer<typeof DeveloperState>;

export const DEVELOPER_PROVIDERS = ['builtin', 'sso'] as const;
const DeveloperProvider = z.enum(DEVELOPER_PROVIDERS);
type DeveloperProvider = z.infer<typeof DeveloperProvider>;

/**
 * `developer_id` is the external id. It is unique in its portal, never changes, and is the id that all calls and other
 * records use. `id` is internal; on the portal side, `id` is the `developer_id` instead.
 */
export const Developer = z
  .object({
    id: z.string(),
    developer_id: z.string(),
    portal_id: Id,
    username: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    /** Replaces `email` once the link mailed to this address is opened. */
    pending_email: z.string().nullable(),
    state: DeveloperState,
    /** Why the developer was suspended or reactivated, if a reason was given. */
    state_reason: z.string().nullable(),
    provider: DeveloperProvider,
    /** The language of mails to the developer; null for the portal's language. */
    locale: Locale.nullable(),
    /** Set by the developer. */
    labels: z.record(z.string(), z.string()),
    /** Set by admins. The developer can read them. */
    admin_labels: z.record(z.string(), z.string()),
    must_change_password: z.boolean(),
    /** When the invitation expires; null once the developer has chosen a password. */
    invite_expires_at: Timestamp.nullable(),
    last_active_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Developer' });
export type Developer = z.infer<typeof Developer>;
export const DeveloperPage = pageOf(Developer);

/** NIST SP 800-63B-4: long, no composition rules, no truncation. The portal's `password_min_length` also applies. */
export const Password = exactLine(256, 8);
export const Username = label(100);
export const DeveloperName = label(100);

export const ListDevelopersInput = z.strictObject({
  portal_id: PortalId,
  state: DeveloperState.optional(),
  provider: DeveloperProvider.optional(),
  labels: Labels.optional(),
  admin_labels: Labels.optional(),
  /** True: only developers who were invited and have not chosen a password yet. */
  invited: z.boolean().optional(),
  ...searchInput,
  ...pageInput(['created_at', 'last_active_at', 'username']),
});

export const DeveloperRef = z.strictObject({ portal_id: PortalId, developer_id: DeveloperId });

/** `reason`: shown to the developer in the mail and at sign-in. */
export const ChangeStateInput = z.strictObject({
  portal_id: PortalId,
  developer_id: DeveloperId,
  reason: reason.optional(),
});

/** `password`: a one-time password. Without it, the mail contains a link to choose a password. */
export const InviteDeveloperInput = z
  .strictObject({
    portal_id: PortalId,
    username: Username,
    password: Password.optional(),
    name: DeveloperName.optional(),
    email: newEmailAddress.optional(),
    locale: Locale.optional(),
    labels: Labels.optional(),
    admin_labels: Labels.optional(),
  })
  .refine(({ password, email }) => password !== undefined || email !== undefined, {
    path: ['password'],
    message: 'Send a one-time password, or an email address for an invitation link',
  });

export const UpdateDeveloperInput = z.strictObject({
  portal_id: PortalId,
  developer_id: DeveloperId,
  name: DeveloperName.optional(),
  email: newEmailAddress.nullable().optional(),
  locale: Locale.nullable().optional(),
  labels: LabelsPatch.nullable().optional(),
  admin_labels: LabelsPatch.nullable().optional(),
});

/** As for an invitation, a new link is mailed unless a password is set. */
export const RenewInviteInput = z.strictObject({
  portal_id: PortalId,
  developer_id: DeveloperId,
  password: Password.optional(),
});

/** Without `locale`, the account gets the language of the request's `Accept-Language`. */
export const RegisterDeveloperInput = z.strictObject({
  portal_id: PortalId,
  username: Username,
  email: newEmailAddress,
  password: Password,
  name: DeveloperName.optional(),
  locale: Locale.optional(),
});
/** The same response for a new, a pending and an existing account, so that it does not reveal which accounts exist. */
export const Registration = z.object({ status: z.literal('submitted') }).meta({ id: 'Registration' });

const count = z.int().min(0);
/** The number of records that deleting the developer would erase. */
export const DeletionPreview = z
  .object({ developer_id: z.string(), applications: count, credentials: count, subscriptions: count, approvals: count })
  .meta({ id: 'DeletionPreview' });
