import { GatehouseError } from '@gatehouse/contract/errors';
import { LOGIN_OPTION_SECRETS } from '@gatehouse/contract/login-option-config';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Settings } from '../kernel/context.ts';
import { aboutSecret, secretSeal } from './login-option-config.ts';

type SealedConfig = Pick<LoginOption, 'id' | 'config' | 'secrets'>;

/**
 * The config with its secrets, for calls to the provider and never for a response. `replaced`: fields that are being
 * replaced, so that their old secrets need not be readable.
 */
export function openConfig(
  settings: Settings,
  option: SealedConfig,
  replaced: ReadonlySet<string> = new Set(),
): Record<string, unknown> {
  const { open } = secretSeal(settings);
  const config = { ...option.config };
  for (const name of LOGIN_OPTION_SECRETS) {
    const sealed = option.secrets[name];
    if (sealed === undefined) continue;
    const opened = open(sealed, aboutSecret(option, name));
    if (opened === null && replaced.has(name)) continue;
    if (opened === null)
      throw new GatehouseError(
        'illegal_state',
        `The ${name} of this login option was encrypted with another GATEHOUSE_SECRET. Set GATEHOUSE_PREVIOUS_SECRET, or enter the ${name} again.`,
      );
    config[name] = opened;
  }
  return config;
}
