import { ApplicationId, CredentialId } from './ids.ts';
import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { portalSide } from './portal-side.ts';
import { exactLine, Id, label, Labels, prose, Timestamp } from './text.ts';

export const CREDENTIAL_TYPES = ['key-auth', 'basic-auth', 'oauth'] as const;

const credential = {
  id: Id,
  application_id: Id,
  application_name: z.string(),
  developer_id: z.string(),
  type: z.enum(CREDENTIAL_TYPES),
  name: z.string(),
  desc: z.string(),
  labels: z.record(z.string(), z.string()),
  /** The beginning of the key, to recognize it. */
  prefix: z.string().nullable(),
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
};

/** What an application presents to a gateway, without the secret. */
export const Credential = z
  .object({
    ...credential,
    'key-auth': z.object({}).optional(),
    'basic-auth': z.object({ username: z.string() }).optional(),
  })
  .meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;
export const CredentialPage = pageOf(Credential);

/** The only response with the secret. Afterwards, only its hash is stored. */
export const NewCredential = z
  .object({
    ...credential,
    'key-auth': z.object({ key: z.string() }).optional(),
    'basic-auth': z.object({ username: z.string(), password: z.string() }).optional(),
  })
  .meta({ id: 'NewCredential' });
export type NewCredential = z.infer<typeof NewCredential>;

/** Keys are always generated, never chosen. */
const KeyAuth = z.strictObject({});
const BasicAuth = z.strictObject({
  /** In HTTP Basic, the username ends at the first colon (RFC 7617). */
  username: label(100).regex(/^[^:]*$/, 'Must not contain a colon'),
  password: exactLine(256, 8),
});
export type BasicAuth = z.infer<typeof BasicAuth>;

/** The types that can be created. */
const Type = z.enum(['key-auth', 'basic-auth'], {
  error: ({ input }) => (input === 'oauth' ? 'oauth is not supported yet. Use key-auth or basic-auth' : undefined),
});

const secret = { type: Type, 'key-auth': KeyAuth.nullable().optional(), 'basic-auth': BasicAuth.optional() };

type Secret = { type: z.infer<typeof Type>; 'key-auth'?: object | null | undefined; 'basic-auth'?: object | undefined };

/** Only the object named like the credential's type may be present. */
function secretFitsType({ type, ...given }: Secret, context: z.RefinementCtx): void {
  const other = type === 'key-auth' ? 'basic-auth' : 'key-auth';
  const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (given[other] !== undefined) complain(other, `Must be absent if the type is ${type}`);
  if (type === 'basic-auth' && given[type] === undefined) complain(type, 'Required: username and password');
}

const fields = {
  name: label(100),
  desc: prose(65_536),
  labels: Labels,
  expires_at: z.iso.datetime({ error: 'Must be an ISO 8601 time in UTC' }).nullable(),
};

const filters = {
  auth_method: z.enum(CREDENTIAL_TYPES).optional(),
  plugin_name: z
    .enum(CREDENTIAL_TYPES)
    .meta({ deprecated: true, description: 'The old name of auth_method. If both are set, both must match.' })
    .optional(),
  labels: Labels.optional(),
  ...searchInput,
  ...pageInput(['updated_at', 'created_at', 'name']),
};

export const ListCredentialsInput = z.strictObject({
  ...portalSide,
  application_id: z.array(Id).min(1).max(100).optional(),
  ...filters,
});
export const ListCredentialsOfApplicationInput = z.strictObject({
  ...portalSide,
  application_id: ApplicationId,
  ...filters,
});

const ref = { ...portalSide, application_id: ApplicationId, credential_id: CredentialId };

export const CredentialRef = z.strictObject(ref);
export const CreateCredentialInput = z
  .strictObject({
    ...portalSide,
    application_id: ApplicationId,
    ...secret,
    name: fields.name,
    desc: fields.desc.optional(),
    labels: fields.labels.optional(),
    expires_at: fields.expires_at.optional(),
  })
  .superRefine(secretFitsType);
/**
 * Replaces name, `desc` and labels; an absent `expires_at` stays. `type` must match the credential and cannot change.
 */
export const UpdateCredentialInput = z.strictObject({
  ...ref,
  type: Type,
  name: fields.name,
  desc: fields.desc.optional(),
  labels: fields.labels.optional(),
  expires_at: fields.expires_at.optional(),
});
export const RegenerateCredentialInput = z
  .strictObject({
    ...ref,
    ...secret,
    /** Seconds for which the old secret stays valid alongside the new one. */
    overlap_seconds: z.int().min(0).max(86_400).optional(),
  })
  .superRefine(secretFitsType);
