import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { LOGIN_OPTION_CONFIGS } from '@gatehouse/contract/login-option-config';
import type { SsoOption } from '@gatehouse/contract/sso-option';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Settings } from '../kernel/context.ts';
import { translated } from '../kernel/database-errors.ts';
import { findPortal } from '../portal/find-portal.ts';
import { frontEndOf } from '../portal/front-end.ts';
import { isId } from '../list/ids.ts';
import { openConfig } from './open-config.ts';
import { ssoUrl } from './sso-url.ts';

type Ref = { portal_id: PortalId; login_option_id: LoginOptionId };

/**
 * An enabled login option with its secrets, and the front end of its portal. Throws `not_found` for any other one. Anyone
 * can cause this call, so the error of a misconfigured option gives no details.
 */
export async function readSsoOption(
  { em, settings }: { em: EntityManager; settings: Settings },
  { portal_id, login_option_id }: Ref,
  disabled?: 'or disabled',
): Promise<{ option: SsoOption; frontEnd: string }> {
  const { option, portal } = await translated(async () => {
    const fork = em.fork();
    const found =
      isId(portal_id) && isId(login_option_id)
        ? await fork.findOne(LoginOption, {
            id: login_option_id,
            portal: portal_id,
            ...(disabled ? {} : { disable: false }),
            providerType: { $ne: 'built_in' },
          })
        : null;
    if (!found) throw notFound('login option');
    return { option: found, portal: await findPortal(fork, found.portal) };
  });
  try {
    return { option: ssoOption(settings, option), frontEnd: frontEndOf(settings, portal) };
  } catch (cause) {
    throw new GatehouseError('dependency_down', 'This login option is misconfigured. Sign in another way.', {
      cause,
    });
  }
}

/** Null for the built-in login, which has no identity provider. */
export function ssoOption(settings: Settings, option: LoginOption): SsoOption {
  const config = openConfig(settings, option);
  const { id, providerType } = option;
  const urls = { callbackUrl: ssoUrl(settings, option, 'callback'), metadataUrl: ssoUrl(settings, option, 'metadata') };
  switch (providerType) {
    case 'oidc':
      return { id, ...urls, provider_type: providerType, config: LOGIN_OPTION_CONFIGS.oidc.parse(config) };
    case 'saml':
      return { id, ...urls, provider_type: providerType, config: LOGIN_OPTION_CONFIGS.saml.parse(config) };
    case 'ldap':
      return { id, ...urls, provider_type: providerType, config: LOGIN_OPTION_CONFIGS.ldap.parse(config) };
    case 'cas':
      return { id, ...urls, provider_type: providerType, config: LOGIN_OPTION_CONFIGS.cas.parse(config) };
    case 'built_in':
      throw new Error('the built-in login has no provider');
  }
}
