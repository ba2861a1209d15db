import {
  LOGIN_OPTION_CONFIGS,
  LOGIN_OPTION_SECRETS,
  type LoginOptionSecret,
  type ProviderType,
} from '@gatehouse/contract/login-option-config';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Settings } from '../kernel/context.ts';
import { mergePatch } from '../kernel/merge-patch.ts';
import { sealer, type Seal } from '../crypto/seal.ts';
import { invalidInput } from '../kernel/use-case.ts';

type Config = Record<string, unknown>;
type Secrets = Partial<Record<LoginOptionSecret, string>>;

export const secretSeal = (settings: Settings): Seal => sealer(settings, 'login option');

/** Binds a sealed secret to its field, so that it cannot be moved to another field in the database. */
export const aboutSecret = (option: Pick<LoginOption, 'id'>, name: LoginOptionSecret): string => `${option.id} ${name}`;

/** The complete config with defaults. Throws `invalid_input` with pointers below `/config`. */
export function parseConfig(type: ProviderType, given: object): Config {
  const parsed = LOGIN_OPTION_CONFIGS[type].safeParse(given);
  if (!parsed.success) throw invalidInput(parsed.error.issues, 'config');
  return parsed.data;
}

/** RFC 7396, one level deep in `attributes` too. */
export function mergeConfig(current: Config, patch: object): Config {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = mergePatch<unknown>(current, Object.fromEntries(given));
  const { attributes } = Object.fromEntries(given);
  if (!isObject(attributes) || !isObject(current['attributes'])) return merged;
  return { ...merged, attributes: mergePatch<unknown>(current['attributes'], attributes) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The stored form, in which secrets are apart and sealed. */
export function sealConfig(settings: Settings, option: Pick<LoginOption, 'id'>, config: Config): StoredConfig {
  const { seal } = secretSeal(settings);
  const secrets: Secrets = {};
  const plain = { ...config };
  for (const name of LOGIN_OPTION_SECRETS) {
    const value = plain[name];
    delete plain[name];
    if (typeof value === 'string') secrets[name] = seal(value, aboutSecret(option, name));
  }
  return { config: plain, secrets };
}

type StoredConfig = { config: Config; secrets: Secrets };
