import type { CasConfig, LdapConfig, OidcConfig, SamlConfig } from './login-option-config.ts';

/** An SSO login option with its secrets, for the code that talks to the provider. */
export type SsoOption = { id: string; callbackUrl: string; metadataUrl: string } & (
  | { provider_type: 'oidc'; config: OidcConfig }
  | { provider_type: 'saml'; config: SamlConfig }
  | { provider_type: 'ldap'; config: LdapConfig }
  | { provider_type: 'cas'; config: CasConfig }
);
export type RedirectOption = Exclude<SsoOption, { provider_type: 'ldap' }>;
