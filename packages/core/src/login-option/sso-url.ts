import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Settings } from '../kernel/context.ts';

type Option = Pick<LoginOption, 'id' | 'portal' | 'config'>;

/** Where a browser, or a provider, reaches this login option: at the option's own root, else where this service is. */
export function ssoUrl(settings: Settings, option: Option, what: 'login' | 'callback' | 'metadata'): string {
  const { root_url } = option.config;
  const root = typeof root_url === 'string' ? root_url : settings.publicUrl;
  return `${root.replace(/\/$/, '')}/api/portals/${option.portal}/auth/sso/${option.id}/${what}`;
}
