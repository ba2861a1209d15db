import { LOGIN_OPTION_CONFIGS, LoginOption as View, UpdateLoginOptionInput } from '@gatehouse/contract/login-option';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { LockMode } from '@mikro-orm/core';
import { changed, command, unchanged, type Scope } from '../command.ts';
import { changedFields } from '../merge-patch.ts';
import { findPortal } from '../portal/find-portal.ts';
import { configureBuiltIn } from './configure-built-in.ts';
import { endSessionsOf } from './end-sessions-of.ts';
import { lockLoginOption } from './find-login-option.ts';
import { mergeConfig, parseConfig, sealConfig } from './login-option-config.ts';
import { builtInConfig, loginOptionView } from './login-option.view.ts';
import { openConfig } from './open-config.ts';

export const updateLoginOption = command({
  name: 'loginOptions.update',
  access: 'login_options:write',
  summary: 'Change a login option; disabling it ends the sessions that it began',
  input: UpdateLoginOptionInput,
  output: View,
  async run(scope, input) {
    const { em, settings, now } = scope;
    const option = await lockLoginOption(scope, input);
    const isBuiltIn = option.providerType === 'built_in';
    const portal = await findPortal(em, option.portal, isBuiltIn ? LockMode.PESSIMISTIC_WRITE : undefined);
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
    scope.emit({
      name: 'login_option.updated',
      portalId: portal.id,
      resourceType: 'login_option',
      resourceId: option.id,
      changed: names,
    });
    return changed(loginOptionView({ portal, settings }, option));
  },
});

/** The names of the fields that are new. */
function reconfigure({ settings }: Scope, option: LoginOption, patch: object): string[] {
  const before = openConfig(settings, option);
  const after = parseConfig(option.providerType, mergeConfig(before, patch));
  const names = changedFields({ ...blank(after), ...before }, { ...blank(before), ...after });
  if (names.length > 0) Object.assign(option, sealConfig(settings, option, after));
  return names.map((name) => `config.${name}`);
}

const blank = (config: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(config).map((name) => [name, undefined]));
