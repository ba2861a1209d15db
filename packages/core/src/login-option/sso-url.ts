import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Settings } from '../kernel/context.ts';

type Option = Pick<LoginOption, 'id' | 'portal' | 'config'>;

/** The public address of this login option: below its own `root_url`, else below the address of this service. */
export function ssoUrl(settings: Settings, option: Option, what: 'login' | 'callback' | 'metadata'): string {
  const { root_url } = option.config;
  const root = typeof root_url === 'string' ? root_url : settings.publicUrl;
  return `${root.replace(/\/$/, '')}/api/portals/${option.portal}/auth/sso/${option.id}/${what}`;
}
