import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { portalSide } from './portal-side.ts';
import { exactLine, Id, label, Labels, PathId, prose, Timestamp } from './text.ts';

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
  /** The beginning of the key, to tell it from others. */
  prefix: z.string().nullable(),
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
};

/** What an application shows a gateway, without its secret. */
export const Credential = z
  .object({
    ...credential,
    'key-auth': z.object({}).optional(),
    'basic-auth': z.object({ username: z.string() }).optional(),
  })
  .meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;
export const CredentialPage = pageOf(Credential);

/** The only answer with the secret: afterwards only a hash of it is kept. */
export const NewCredential = z
  .object({
    ...credential,
    'key-auth': z.object({ key: z.string() }).optional(),
    'basic-auth': z.object({ username: z.string(), password: z.string() }).optional(),
  })
  .meta({ id: 'NewCredential' });
export type NewCredential = z.infer<typeof NewCredential>;

/** Keys are made here, never chosen. */
const KeyAuth = z.strictObject({});
const BasicAuth = z.strictObject({
  /** RFC 7617 ends the username at the first colon. */
  username: label(100).regex(/^[^:]*$/, 'Must not contain a colon'),
  password: exactLine(256, 8),
});
export type BasicAuth = z.infer<typeof BasicAuth>;

/** The types there is a way to make. */
const Type = z.enum(['key-auth', 'basic-auth'], {
  error: ({ input }) =>
    input === 'oauth' ? 'There is no OAuth provider yet: only key-auth and basic-auth' : undefined,
});

const secret = { type: Type, 'key-auth': KeyAuth.nullable().optional(), 'basic-auth': BasicAuth.optional() };

type Secret = { type: z.infer<typeof Type>; 'key-auth'?: object | null | undefined; 'basic-auth'?: object | undefined };

/** Of the objects that are named like types, the one of the credential's type may be there, and of no other. */
function secretFitsType({ type, ...given }: Secret, context: z.RefinementCtx): void {
  const other = type === 'key-auth' ? 'basic-auth' : 'key-auth';
  const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (given[other] !== undefined) complain(other, `Not for a credential of the type ${type}`);
  if (type === 'basic-auth' && given[type] === undefined) complain(type, 'Must be given: username and password');
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
    .meta({ deprecated: true, description: 'The old name of auth_method; if both are given, both must match.' })
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
export const ListCredentialsOfApplicationInput = z.strictObject({ ...portalSide, application_id: PathId, ...filters });

const ref = { ...portalSide, application_id: PathId, credential_id: PathId };

export const CredentialRef = z.strictObject(ref);
export const CreateCredentialInput = z
  .strictObject({
    ...portalSide,
    application_id: PathId,
    ...secret,
    name: fields.name,
    desc: fields.desc.optional(),
    labels: fields.labels.optional(),
    expires_at: fields.expires_at.optional(),
  })
  .superRefine(secretFitsType);
/** Replaces name, `desc` and labels; an absent `expires_at` stays. `type` must be the credential's own: it never changes. */
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
    /** Seconds for which the old secret stays valid beside the new one. */
    overlap_seconds: z.int().min(0).max(86_400).optional(),
  })
  .superRefine(secretFitsType);
