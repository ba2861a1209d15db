import {
  LOGIN_OPTION_CONFIGS,
  LOGIN_OPTION_SECRETS,
  type LoginOptionSecret,
} from '@gatehouse/contract/login-option-config';
import { LoginOption as View, UpdateLoginOptionInput } from '@gatehouse/contract/login-option';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { changed, command, unchanged, type Scope } from '../kernel/command.ts';
import { changedFields } from '../kernel/merge-patch.ts';
import { findPortal } from '../portal/find-portal.ts';
import { inputError } from '../kernel/use-case.ts';
import { configureBuiltIn } from './configure-built-in.ts';
import { endSessionsOf } from './end-sessions-of.ts';
import { lockLoginOption } from './authorized-login-option.ts';
import { mergeConfig, parseConfig, sealConfig } from './login-option-config.ts';
import { builtInConfig, loginOptionView } from './login-option.view.ts';
import { openConfig } from './open-config.ts';

export const updateLoginOption = command({
  name: 'loginOptions.update',
  access: 'login_options:write',
  summary: 'Change a login option; disabling it ends the sessions that it started',
  input: UpdateLoginOptionInput,
  output: View,
  async run(scope, input) {
    const { em, settings, now } = scope;
    const option = await lockLoginOption(scope, input);
    const isBuiltIn = option.providerType === 'built_in';
    const portal = await findPortal(em, option.portal, isBuiltIn ? 'for update' : undefined);
    const before = { name: option.name, logo: option.logo ?? null, disable: option.disable };
    const after = {
      name: input.name ?? before.name,
      logo: input.logo === undefined ? before.logo : input.logo,
      disable: input.disable ?? before.disable,
    };
    const names: string[] = changedFields(before, after);
    let reconfigured = false;
    if (input.config && isBuiltIn) {
      const config = parseConfig('built_in', mergeConfig(builtInConfig(portal), input.config));
      reconfigured = configureBuiltIn(scope, portal, LOGIN_OPTION_CONFIGS.built_in.parse(config));
    } else if (input.config) names.push(...reconfigure(scope, option, input.config));
    if (names.length === 0) return (reconfigured ? changed : unchanged)(loginOptionView({ portal, settings }, option));
    Object.assign(option, after, { updatedAt: now });
    if (after.disable && !before.disable) await endSessionsOf(em, option);
    scope.emit('login_option.updated', option, names);
    return changed(loginOptionView({ portal, settings }, option));
  },
});

/** The names of the fields that changed. */
function reconfigure({ settings }: Scope, option: LoginOption, patch: object): string[] {
  const given = new Set(Object.entries(patch).flatMap(([name, value]) => (value === undefined ? [] : [name])));
  const before = openConfig(settings, option, given);
  const after = parseConfig(option.providerType, mergeConfig(before, patch));
  const names = changedFields({ ...blank(after), ...before }, { ...blank(before), ...after });
  assertSecretsStay(option, { names, given });
  if (names.length > 0) Object.assign(option, sealConfig(settings, option, after));
  return names.map((name) => `config.${name}`);
}

/** For each secret that is sent to the provider, the fields that decide who receives it. */
const LEADS: Partial<Record<LoginOptionSecret, readonly string[]>> = {
  client_secret: ['issuer', 'ssl_verify'],
  bind_password: ['host', 'port', 'use_ssl', 'start_tls', 'ssl_verify', 'root_ca_cert'],
};

/** Throws if a secret would be sent elsewhere without being entered again: only someone who knows it may redirect it. */
function assertSecretsStay(option: LoginOption, { names, given }: { names: string[]; given: Set<string> }): void {
  const issues = LOGIN_OPTION_SECRETS.flatMap((secret) => {
    const leading = LEADS[secret]?.find((field) => names.includes(field));
    if (leading === undefined || given.has(secret) || option.secrets[secret] === undefined) return [];
    const message = `Must be entered again, because ${leading} decides who receives it`;
    return [{ path: `/config/${secret}`, message, code: 'custom' }];
  });
  if (issues.length > 0) throw inputError(issues);
}

const blank = (config: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(config).map((name) => [name, undefined]));
