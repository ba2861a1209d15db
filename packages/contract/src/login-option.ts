import { z } from 'zod';
import { configPatchSchemas, configSchemas } from './config-schemas.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { BaseUrl, exactLine, exactProse, Id, label, PathId, Timestamp } from './text.ts';

/** How people sign in: by a password kept here, or as somebody whom an identity provider vouches for. */
export const SSO_PROVIDER_TYPES = ['oidc', 'saml', 'ldap', 'cas'] as const;
export const PROVIDER_TYPES = ['built_in', ...SSO_PROVIDER_TYPES] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Of an identity provider: encrypted on the way, but on the same machine. */
export const ProviderUrl = z
  .url({ protocol: /^https?$/, error: 'Must be an https address' })
  .max(2048)
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, hostname, username, password } = new URL(text);
    return (protocol === 'https:' || LOOPBACK.has(hostname)) && username === '' && password === '';
  }, 'Must be an https address (http only of this machine), without a username or password');
const secret = (max: number) => exactProse(max).refine((text) => text !== '', 'Must not be empty');
const Pem = exactProse(65_536).refine((text) => /^-----BEGIN [A-Z ]+-----/.test(text.trim()), 'Must be in PEM format');
const AttributeName = exactLine(256);

/** Names of the provider's attributes that become the developer's fields; absent: the protocol's usual ones. */
const Attributes = z.strictObject({
  username: AttributeName.optional(),
  email: AttributeName.optional(),
  name: AttributeName.optional(),
});
export type AttributeNames = z.infer<typeof Attributes>;

/** What every identity provider's option decides. */
const sso = {
  attributes: Attributes.default({}),
  /** Whoever signs in for the first time is `Active` at once; else `Pending`, with an approval. */
  registration_auto_approval: z.boolean().default(true),
  /** The provider has verified the addresses that it sends, also where it does not say so. */
  trust_email: z.boolean().default(false),
};
const ssl_verify = z.boolean().default(true);

const BuiltIn = z.strictObject({
  enable_self_registration: z.boolean().default(true),
  registration_auto_approval: z.boolean().default(false),
  login_with_email: z.boolean().default(true),
});

const Oidc = z.strictObject({
  issuer: ProviderUrl,
  client_id: exactLine(512),
  client_secret: secret(4096),
  request_scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/, 'Must be a scope (RFC 6749)'))
    .max(20)
    .refine((scopes) => scopes.includes('openid'), 'Must include openid')
    .default(['openid', 'profile', 'email']),
  root_url: BaseUrl.optional(),
  ssl_verify,
  ...sso,
});

const Saml = z.strictObject({
  /** What we are called there; absent: the address of our metadata. */
  entity_id: exactLine(1024).optional(),
  idp_metadata_url: ProviderUrl.optional(),
  idp_metadata: exactProse(262_144).optional(),
  root_url: BaseUrl.optional(),
  ssl_verify,
  /** The provider signs its answer as a whole, beside the assertion in it, which must always be signed. */
  response_signed: z.boolean().default(true),
  sign_request: z.boolean().default(false),
  certificate: Pem.optional(),
  private_key: Pem.optional(),
  ...sso,
});

const LdapAttribute = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'Must be the name of an LDAP attribute (RFC 4512)');

const Ldap = z.strictObject({
  host: z.union([z.hostname(), z.ipv4(), z.ipv6()], { error: 'Must be a host name or an IP address' }),
  port: z.int().min(1).max(65_535),
  base_dn: exactLine(1024),
  bind_dn: exactLine(1024).optional(),
  bind_password: secret(1024).optional(),
  /** The attribute that is typed as the username. */
  identifier: LdapAttribute.default('uid'),
  /** Seconds that the server may take for each answer. */
  timeout: z.int().min(1).max(30).default(5),
  use_ssl: z.boolean().default(false),
  start_tls: z.boolean().default(false),
  ssl_verify,
  root_ca_cert: Pem.optional(),
  client_cert: Pem.optional(),
  client_key: Pem.optional(),
  ...sso,
  /** `subject`: by which people are recognized; absent: the first of the ids that directories give to each entry. */
  attributes: Attributes.extend({ subject: LdapAttribute.optional() }).default({}),
});

const Cas = z.strictObject({ url: ProviderUrl, root_url: BaseUrl.optional(), ssl_verify, ...sso });

/** Every field, secrets among them, as it is used. What several fields must keep together is said here too. */
export const LOGIN_OPTION_CONFIGS = {
  built_in: BuiltIn,
  oidc: Oidc,
  saml: Saml.superRefine((config, context) => {
    const broken = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((config.idp_metadata_url === undefined) === (config.idp_metadata === undefined))
      broken('idp_metadata_url', 'Set either idp_metadata_url or idp_metadata');
    if ((config.certificate === undefined) !== (config.private_key === undefined))
      broken('certificate', 'certificate and private_key belong together');
    if (config.sign_request && config.private_key === undefined)
      broken('private_key', 'sign_request needs a private_key');
  }),
  ldap: Ldap.superRefine((config, context) => {
    const broken = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (config.use_ssl === config.start_tls)
      broken('start_tls', 'Set one of use_ssl and start_tls: passwords do not go over the network in clear');
    if ((config.bind_dn === undefined) !== (config.bind_password === undefined))
      broken('bind_dn', 'bind_dn and bind_password belong together');
    if ((config.client_cert === undefined) !== (config.client_key === undefined))
      broken('client_cert', 'client_cert and client_key belong together');
  }),
  cas: Cas,
} as const;

export type OidcConfig = z.infer<typeof Oidc>;
export type SamlConfig = z.infer<typeof Saml>;
export type LdapConfig = z.infer<typeof Ldap>;
export type CasConfig = z.infer<typeof Cas>;
export type BuiltInConfig = z.infer<typeof BuiltIn>;

/** A login option of an identity provider as it is used: with its secrets, for those who talk to the provider alone. */
export type SsoOption = { id: string; callbackUrl: string; metadataUrl: string } & (
  | { provider_type: 'oidc'; config: OidcConfig }
  | { provider_type: 'saml'; config: SamlConfig }
  | { provider_type: 'ldap'; config: LdapConfig }
  | { provider_type: 'cas'; config: CasConfig }
);
export type RedirectOption = Exclude<SsoOption, { provider_type: 'ldap' }>;

/** Encrypted at rest, and never given back. */
export const LOGIN_OPTION_SECRETS = ['client_secret', 'private_key', 'bind_password', 'client_key'] as const;
export type LoginOptionSecret = (typeof LOGIN_OPTION_SECRETS)[number];

const secrets = z.array(z.enum(LOGIN_OPTION_SECRETS));
const shown = {
  id: Id,
  portal_id: Id,
  name: z.string(),
  logo: z.string().nullable(),
  disable: z.boolean(),
  /** The names of the secrets that are set; the secrets themselves are never shown. */
  secrets,
  created_at: Timestamp,
  updated_at: Timestamp,
};
const open = <S extends z.ZodObject>(config: S) => z.object(config.shape);
const callback_url = z.string();

/** A way to sign in at a portal. */
export const LoginOption = z
  .discriminatedUnion('provider_type', [
    z.object({ ...shown, provider_type: z.literal('built_in'), config: open(BuiltIn) }),
    z.object({
      ...shown,
      provider_type: z.literal('oidc'),
      config: open(Oidc).omit({ client_secret: true }).extend({ callback_url }),
    }),
    z.object({
      ...shown,
      provider_type: z.literal('saml'),
      config: open(Saml).omit({ private_key: true }).extend({ callback_url, metadata_url: z.string() }),
    }),
    z.object({
      ...shown,
      provider_type: z.literal('ldap'),
      config: open(Ldap).omit({ bind_password: true, client_key: true }),
    }),
    z.object({ ...shown, provider_type: z.literal('cas'), config: open(Cas).extend({ callback_url }) }),
  ])
  .meta({ id: 'LoginOption' });
export type LoginOption = z.infer<typeof LoginOption>;
export const LoginOptionPage = pageOf(LoginOption);

/** What one who is not signed in may know of a login option. `login_url`: where a browser is sent; null: a form here. */
export const SignInOption = z
  .object({
    id: Id,
    name: z.string(),
    logo: z.string().nullable(),
    provider_type: z.enum(PROVIDER_TYPES),
    login_url: z.string().nullable(),
  })
  .meta({ id: 'SignInOption' });
export type SignInOption = z.infer<typeof SignInOption>;
export const SignInOptionPage = pageOf(SignInOption);

type ConfigInput = z.input<(typeof LOGIN_OPTION_CONFIGS)[ProviderType]>;
type Nullable<T> = {
  [K in keyof T]?:
    | (K extends 'attributes' ? { [A in keyof NonNullable<T[K]>]?: string | null } : T[K])
    | null
    | undefined;
};
type AllOf<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer All) => void ? All : never;
type ConfigPatch = AllOf<{ [K in ProviderType]: Nullable<z.input<(typeof LOGIN_OPTION_CONFIGS)[K]>> }[ProviderType]>;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Which fields there are depends on `provider_type`, so they are looked at where that is known. */
const configOf = <T>(anyOf: ReturnType<typeof configSchemas>) =>
  z.custom<T>(isObject, 'Must be an object').meta({
    type: 'object',
    description: 'The fields of the provider_type, after which the schemas are named: docs/sign-in.md',
    anyOf,
  });

const fields = {
  name: label(100),
  logo: z.url({ protocol: /^https$/, error: 'Must be an https address' }).max(2048),
  disable: z.boolean(),
};

export const ListLoginOptionsInput = z.strictObject({
  portal_id: PathId,
  provider_type: z.enum(PROVIDER_TYPES).optional(),
  ...searchInput,
  ...pageInput(['created_at', 'name']),
});
export const LoginOptionRef = z.strictObject({ portal_id: PathId, login_option_id: PathId });
export const CreateLoginOptionInput = z.strictObject({
  portal_id: PathId,
  name: fields.name,
  logo: fields.logo.nullable().optional(),
  provider_type: z.enum(PROVIDER_TYPES),
  disable: fields.disable.optional(),
  config: configOf<ConfigInput>(configSchemas(LOGIN_OPTION_CONFIGS)),
});
/** RFC 7396: in `config` too absent keeps and null goes back to the default. */
export const UpdateLoginOptionInput = z.strictObject({
  portal_id: PathId,
  login_option_id: PathId,
  name: fields.name.optional(),
  logo: fields.logo.nullable().optional(),
  disable: fields.disable.optional(),
  config: configOf<ConfigPatch>(configPatchSchemas(LOGIN_OPTION_CONFIGS)).optional(),
});

const claim = z.string().nullable();
/** Whom a provider vouches for. `subject` is what it never gives to another; the rest may change. */
export const Vouched = z.strictObject({
  subject: z.string(),
  /** Other ids by which an account of the same person may be known. */
  aliases: z.array(z.string()).optional(),
  username: claim,
  email: claim,
  /** The provider says that the address is theirs; null: it does not say. */
  emailVerified: z.boolean().nullable(),
  name: claim,
  /** Of an answer that must count once: a second one with the same is refused. */
  once: claim,
});
export type Vouched = z.infer<typeof Vouched>;

/** What was found when a login option was tried. `status`: `unknown` where only a sign-in can show it. */
export const LoginOptionCheck = z.object({
  name: z.string(),
  status: z.enum(['passed', 'failed', 'unknown']),
  message: z.string(),
});
export type LoginOptionCheck = z.infer<typeof LoginOptionCheck>;
export const LoginOptionTest = z
  .object({ ok: z.boolean(), checks: z.array(LoginOptionCheck) })
  .meta({ id: 'LoginOptionTest' });
export const TestLoginOptionInput = z.strictObject({
  portal_id: PathId,
  login_option_id: PathId,
  /** LDAP: somebody who is there, to see that they are found and have the attributes. */
  username: exactLine(256).optional(),
});

export const SignInOptionsInput = z.strictObject({ portal_id: PathId });
