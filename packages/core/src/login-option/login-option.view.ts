import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { LOGIN_OPTION_SECRETS, PROVIDER_TYPES, type ProviderType } from '@gatehouse/contract/login-option-config';
import { LoginOption as View } from '@gatehouse/contract/login-option';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Settings } from '../kernel/context.ts';
import { isoColumn, isoTime } from '../list/iso-column.ts';
import { settingsOf } from '../portal/portal-settings.ts';
import { iso } from '../kernel/present.ts';
import { ssoUrl } from './sso-url.ts';

export type LoginOptionRow = Pick<
  LoginOption,
  'id' | 'portal' | 'name' | 'providerType' | 'disable' | 'config' | 'secrets'
> & { logo?: string | null | undefined; createdAt: Date | string; updatedAt: Date | string };

export const LOGIN_OPTION_COLUMNS = [
  'portal_id as portal, name, logo, provider_type as "providerType", disable, config, secrets',
  isoColumn('created_at', '"createdAt"'),
  isoColumn('updated_at', '"updatedAt"'),
].join(', ');

export const LOGIN_OPTION_ROW = {
  id: rowId.loginOption,
  portal: rowId.portal,
  name: z.string(),
  logo: z.string().nullable(),
  providerType: z.enum(PROVIDER_TYPES),
  disable: z.boolean(),
  config: z.record(z.string(), z.unknown()),
  secrets: z.partialRecord(z.enum(LOGIN_OPTION_SECRETS), z.string()),
  createdAt: isoTime,
  updatedAt: isoTime,
};

/** Parses the stored config, because an earlier release may have stored it. The schema drops secrets. */
export const loginOptionView = (
  { portal, settings }: { portal: Pick<Portal, 'settings'>; settings: Settings },
  option: LoginOptionRow,
): View =>
  View.parse({
    id: option.id,
    portal_id: option.portal,
    name: option.name,
    logo: option.logo ?? null,
    provider_type: option.providerType,
    disable: option.disable,
    config:
      option.providerType === 'built_in'
        ? builtInConfig(portal)
        : { ...option.config, ...generated(settings, option, option.providerType) },
    secrets: LOGIN_OPTION_SECRETS.filter((name) => option.secrets[name] !== undefined),
    created_at: iso(option.createdAt),
    updated_at: iso(option.updatedAt),
  });

/** The settings of the portal store these. */
export function builtInConfig(portal: Pick<Portal, 'settings'>) {
  const { self_registration, registration_auto_approval, login_with_email } = settingsOf(portal);
  return { enable_self_registration: self_registration, registration_auto_approval, login_with_email };
}

/** Addresses that the identity provider needs in its configuration. */
function generated(settings: Settings, option: LoginOptionRow, type: Exclude<ProviderType, 'built_in'>): object {
  switch (type) {
    case 'oidc':
    case 'cas':
      return { callback_url: ssoUrl(settings, option, 'callback') };
    case 'saml':
      return {
        callback_url: ssoUrl(settings, option, 'callback'),
        metadata_url: ssoUrl(settings, option, 'metadata'),
      };
    case 'ldap':
      return {};
  }
}
