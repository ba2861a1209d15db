import { z } from 'zod';
import { BaseUrl, exactLine, exactProse } from './text.ts';

/** How people sign in: with a password of this service, or at an identity provider. */
const SSO_PROVIDER_TYPES = ['oidc', 'saml', 'ldap', 'cas'] as const;
export const PROVIDER_TYPES = ['built_in', ...SSO_PROVIDER_TYPES] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** The URL of an identity provider. Plain http is allowed only on the same machine. */
export const ProviderUrl = z
  .url({ protocol: /^https?$/, error: 'Must be an https URL' })
  .max(2048)
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, hostname, username, password } = new URL(text);
    return (protocol === 'https:' || LOOPBACK.has(hostname)) && username === '' && password === '';
  }, 'Must be an https URL (http only on this machine) without a username or password');
const secret = (max: number) => exactProse(max).refine((text) => text !== '', 'Must not be empty');
const Pem = exactProse(65_536).refine((text) => /^-----BEGIN [A-Z ]+-----/.test(text.trim()), 'Must be in PEM format');
const AttributeName = exactLine(256);

/** The provider's attributes for the developer's fields. Defaults to the usual ones of the protocol. */
const Attributes = z.strictObject({
  username: AttributeName.optional(),
  email: AttributeName.optional(),
  name: AttributeName.optional(),
});
export type AttributeNames = z.infer<typeof Attributes>;

/** The settings that all identity providers share. */
const sso = {
  attributes: Attributes.default({}),
  /** New developers are `Active` immediately; otherwise they are `Pending`, with an approval. */
  registration_auto_approval: z.boolean().default(true),
  /** Treats addresses from the provider as verified even if the provider does not say so. */
  trust_email: z.boolean().default(false),
};
const ssl_verify = z.boolean().default(true);

export const BuiltIn = z.strictObject({
  enable_self_registration: z.boolean().default(true),
  registration_auto_approval: z.boolean().default(false),
  login_with_email: z.boolean().default(true),
});

export const Oidc = z.strictObject({
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

export const Saml = z.strictObject({
  /** The entity ID of this service at the provider. Defaults to the URL of its metadata. */
  entity_id: exactLine(1024).optional(),
  idp_metadata_url: ProviderUrl.optional(),
  idp_metadata: exactProse(262_144).optional(),
  root_url: BaseUrl.optional(),
  ssl_verify,
  /** The provider signs the whole response, in addition to the assertion, which must always be signed. */
  response_signed: z.boolean().default(true),
  sign_request: z.boolean().default(false),
  certificate: Pem.optional(),
  private_key: Pem.optional(),
  ...sso,
});

const LdapAttribute = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'Must be the name of an LDAP attribute (RFC 4512)');

export const Ldap = z.strictObject({
  host: z.union([z.hostname(), z.ipv4(), z.ipv6()], { error: 'Must be a host name or an IP address' }),
  port: z.int().min(1).max(65_535),
  base_dn: exactLine(1024),
  bind_dn: exactLine(1024).optional(),
  bind_password: secret(1024).optional(),
  /** The attribute that people enter as their username. */
  identifier: LdapAttribute.default('uid'),
  /** Seconds that the server may take for each response. */
  timeout: z.int().min(1).max(30).default(5),
  use_ssl: z.boolean().default(false),
  start_tls: z.boolean().default(false),
  ssl_verify,
  root_ca_cert: Pem.optional(),
  client_cert: Pem.optional(),
  client_key: Pem.optional(),
  ...sso,
  /** `subject`: the attribute that identifies a person. Defaults to the first id attribute that the directory has. */
  attributes: Attributes.extend({ subject: LdapAttribute.optional() }).default({}),
});

export const Cas = z.strictObject({ url: ProviderUrl, root_url: BaseUrl.optional(), ssl_verify, ...sso });

/** The config of each provider type, including its secrets and the rules across fields. */
export const LOGIN_OPTION_CONFIGS = {
  built_in: BuiltIn,
  oidc: Oidc,
  saml: Saml.superRefine((config, context) => {
    const broken = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((config.idp_metadata_url === undefined) === (config.idp_metadata === undefined))
      broken('idp_metadata_url', 'Set either idp_metadata_url or idp_metadata');
    if ((config.certificate === undefined) !== (config.private_key === undefined))
      broken('certificate', 'Set both certificate and private_key, or neither');
    if (config.sign_request && config.private_key === undefined)
      broken('private_key', 'sign_request needs a private_key');
  }),
  ldap: Ldap.superRefine((config, context) => {
    const broken = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (config.use_ssl === config.start_tls)
      broken('start_tls', 'Set either use_ssl or start_tls, because passwords must be encrypted in transit');
    if ((config.bind_dn === undefined) !== (config.bind_password === undefined))
      broken('bind_dn', 'Set both bind_dn and bind_password, or neither');
    if ((config.client_cert === undefined) !== (config.client_key === undefined))
      broken('client_cert', 'Set both client_cert and client_key, or neither');
  }),
  cas: Cas,
} as const;

export type OidcConfig = z.infer<typeof Oidc>;
export type SamlConfig = z.infer<typeof Saml>;
export type LdapConfig = z.infer<typeof Ldap>;
export type CasConfig = z.infer<typeof Cas>;
export type BuiltInConfig = z.infer<typeof BuiltIn>;

/** Fields that are encrypted at rest and never returned. */
export const LOGIN_OPTION_SECRETS = ['client_secret', 'private_key', 'bind_password', 'client_key'] as const;
export type LoginOptionSecret = (typeof LOGIN_OPTION_SECRETS)[number];
