import { z } from 'zod';
import { LoginOptionId, PortalId } from './ids.ts';
import {
  BuiltIn,
  Cas,
  Ldap,
  LOGIN_OPTION_CONFIGS,
  LOGIN_OPTION_SECRETS,
  Oidc,
  PROVIDER_TYPES,
  Saml,
  type ProviderType,
} from './login-option-config.ts';
import { configPatchSchemas, configSchemas } from './config-schemas.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { exactLine, Id, label, Timestamp } from './text.ts';

const secrets = z.array(z.enum(LOGIN_OPTION_SECRETS));
const common = {
  id: Id,
  portal_id: Id,
  name: z.string(),
  logo: z.string().nullable(),
  disable: z.boolean(),
  /** The names of the secrets that are set. The secrets themselves are never returned. */
  secrets,
  created_at: Timestamp,
  updated_at: Timestamp,
};
const open = <S extends z.ZodObject>(config: S) => z.object(config.shape);
const callback_url = z.string();

/** A way to sign in to a portal. */
export const LoginOption = z
  .discriminatedUnion('provider_type', [
    z.object({ ...common, provider_type: z.literal('built_in'), config: open(BuiltIn) }),
    z.object({
      ...common,
      provider_type: z.literal('oidc'),
      config: open(Oidc).omit({ client_secret: true }).extend({ callback_url }),
    }),
    z.object({
      ...common,
      provider_type: z.literal('saml'),
      config: open(Saml).omit({ private_key: true }).extend({ callback_url, metadata_url: z.string() }),
    }),
    z.object({
      ...common,
      provider_type: z.literal('ldap'),
      config: open(Ldap).omit({ bind_password: true, client_key: true }),
    }),
    z.object({ ...common, provider_type: z.literal('cas'), config: open(Cas).extend({ callback_url }) }),
  ])
  .meta({ id: 'LoginOption' });
export type LoginOption = z.infer<typeof LoginOption>;
export const LoginOptionPage = pageOf(LoginOption);

/**
 * A login option for signed-out visitors. `login_url`: where browsers sign in; null if the portal has the form itself.
 */
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
/** The fields depend on `provider_type`, so they are checked once that is known. */
const configOf = <T>(anyOf: ReturnType<typeof configSchemas>) =>
  z.custom<T>(isObject, 'Must be an object').meta({
    type: 'object',
    description:
      'The fields depend on provider_type. The title of each schema is its provider_type. See docs/sign-in.md.',
    anyOf,
  });

const fields = {
  name: label(100),
  logo: z.url({ protocol: /^https$/, error: 'Must be an https URL' }).max(2048),
  disable: z.boolean(),
};

export const ListLoginOptionsInput = z.strictObject({
  portal_id: PortalId,
  provider_type: z.enum(PROVIDER_TYPES).optional(),
  ...searchInput,
  ...pageInput(['created_at', 'name']),
});
export const LoginOptionRef = z.strictObject({ portal_id: PortalId, login_option_id: LoginOptionId });
export const CreateLoginOptionInput = z.strictObject({
  portal_id: PortalId,
  name: fields.name,
  logo: fields.logo.nullable().optional(),
  provider_type: z.enum(PROVIDER_TYPES),
  disable: fields.disable.optional(),
  config: configOf<ConfigInput>(configSchemas(LOGIN_OPTION_CONFIGS)),
});
/** A merge patch (RFC 7396), including `config`: an absent field keeps its value, null resets it to the default. */
export const UpdateLoginOptionInput = z.strictObject({
  portal_id: PortalId,
  login_option_id: LoginOptionId,
  name: fields.name.optional(),
  logo: fields.logo.nullable().optional(),
  disable: fields.disable.optional(),
  config: configOf<ConfigPatch>(configPatchSchemas(LOGIN_OPTION_CONFIGS)).optional(),
});

/** The result of one check of a login option. `status` is `unknown` if only a real sign-in can show it. */
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
  portal_id: PortalId,
  login_option_id: LoginOptionId,
  /** For LDAP: a username in the directory, to check that it is found and has the mapped attributes. */
  username: exactLine(256).optional(),
});

export const SignInOptionsInput = z.strictObject({ portal_id: PortalId });
