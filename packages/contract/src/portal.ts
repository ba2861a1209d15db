import { z } from 'zod';
import { PortalId } from './ids.ts';
import { KEY_PREFIX } from './key-format.ts';
import { Locale } from './locale.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { BaseUrl, domainName, emailAddress, Id, label, Labels, LabelsPatch, Timestamp } from './text.ts';

const Sender = z.strictObject({ name: label(100), email: emailAddress });

const settings = {
  self_registration: z.boolean(),
  registration_auto_approval: z.boolean(),
  login_with_email: z.boolean(),
  require_verified_email: z.boolean(),
  allowed_email_domains: z.array(domainName).max(100),
  approver_emails: z.array(emailAddress).max(50),
  sender: Sender.nullable(),
  /** The contact address for developers. Suspended developers see it. */
  support_email: emailAddress.nullable(),
  invite_ttl_hours: z.int().min(1).max(168),
  password_min_length: z.int().min(8).max(256),
  retention_days: z.int().min(0).max(3650),
  /** Per developer. Beyond it, calls fail with `limit_reached`. */
  max_applications: z.int().min(0).max(10_000),
  /** Per application. */
  max_credentials: z.int().min(0).max(1000),
  public_access: z.boolean(),
  locale: Locale,
  /** Part of every API key, after `gtk_`, so that a leaked key shows its owner; null for none. */
  key_prefix: z.string().regex(KEY_PREFIX, 'Must be 1 to 16 of a-z and 0-9, beginning with a letter').nullable(),
};

export const PortalSettings = z.strictObject(settings);
export type PortalSettings = z.infer<typeof PortalSettings>;

export const DEFAULT_PORTAL_SETTINGS: PortalSettings = {
  self_registration: true,
  registration_auto_approval: false,
  login_with_email: true,
  require_verified_email: false,
  allowed_email_domains: [],
  approver_emails: [],
  sender: null,
  support_email: null,
  invite_ttl_hours: 72,
  password_min_length: 15,
  retention_days: 30,
  max_applications: 100,
  max_credentials: 20,
  public_access: true,
  locale: 'en',
  key_prefix: null,
};

export const Portal = z
  .object({
    id: Id,
    name: z.string(),
    slug: z.string(),
    public_url: z.string().nullable(),
    labels: z.record(z.string(), z.string()),
    settings: z.object(settings),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Portal' });
export type Portal = z.infer<typeof Portal>;
export const PortalPage = pageOf(Portal);

export const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'Must be 1 to 63 of a-z, 0-9 and -, without - at either end');
/** A merge patch (RFC 7396): an absent field keeps its value, null resets it to the default. */
const SettingsPatch = z.strictObject({
  self_registration: settings.self_registration.nullable().optional(),
  registration_auto_approval: settings.registration_auto_approval.nullable().optional(),
  login_with_email: settings.login_with_email.nullable().optional(),
  require_verified_email: settings.require_verified_email.nullable().optional(),
  allowed_email_domains: settings.allowed_email_domains.nullable().optional(),
  approver_emails: settings.approver_emails.nullable().optional(),
  sender: settings.sender.optional(),
  support_email: settings.support_email.optional(),
  invite_ttl_hours: settings.invite_ttl_hours.nullable().optional(),
  password_min_length: settings.password_min_length.nullable().optional(),
  retention_days: settings.retention_days.nullable().optional(),
  max_applications: settings.max_applications.nullable().optional(),
  max_credentials: settings.max_credentials.nullable().optional(),
  public_access: settings.public_access.nullable().optional(),
  locale: settings.locale.nullable().optional(),
  key_prefix: settings.key_prefix.optional(),
});

export type PortalSettingsPatch = z.infer<typeof SettingsPatch>;

export const ListPortalsInput = z.strictObject({ ...searchInput, ...pageInput(['created_at', 'name']) });
export const PortalRef = z.strictObject({ portal_id: PortalId });
export const CreatePortalInput = z.strictObject({
  name: label(100),
  slug: Slug,
  public_url: BaseUrl.nullable().optional(),
  labels: Labels.optional(),
  settings: SettingsPatch.optional(),
});
export const UpdatePortalInput = z.strictObject({
  portal_id: PortalId,
  name: label(100).optional(),
  slug: Slug.optional(),
  public_url: BaseUrl.nullable().optional(),
  labels: LabelsPatch.nullable().optional(),
  settings: SettingsPatch.nullable().optional(),
});
