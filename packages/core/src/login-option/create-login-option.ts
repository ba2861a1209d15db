import type { LoginOptionId } from '@gatehouse/contract/ids';
import { CreateLoginOptionInput, LoginOption as View } from '@gatehouse/contract/login-option';
import { LOGIN_OPTION_CONFIGS } from '@gatehouse/contract/login-option-config';
import { newId } from '@gatehouse/db/columns';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { changed, command } from '../kernel/command.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { configureBuiltIn } from './configure-built-in.ts';
import { parseConfig, sealConfig } from './login-option-config.ts';
import { loginOptionView } from './login-option.view.ts';

export const createLoginOption = command({
  name: 'loginOptions.create',
  access: 'login_options:write',
  summary: 'Create a login option',
  input: CreateLoginOptionInput,
  output: View,
  async run(scope, { portal_id, name, logo, provider_type, disable = false, config: given }) {
    const { em, actor, now, authorize, emit, settings } = scope;
    authorize(manageIn(actor, portal_id, 'portal'));
    const portal = await findPortal(em, portal_id, 'for update');
    const config = parseConfig(provider_type, given);
    const id = newId<LoginOptionId>();
    const option = em.create(LoginOption, {
      id,
      portal: portal.id,
      name,
      logo: logo ?? null,
      providerType: provider_type,
      disable,
      ...(provider_type === 'built_in' ? { config: {}, secrets: {} } : sealConfig(settings, { id }, config)),
      createdAt: now,
      updatedAt: now,
    });
    if (provider_type === 'built_in') configureBuiltIn(scope, portal, LOGIN_OPTION_CONFIGS.built_in.parse(config));
    emit('login_option.created', option);
    return changed(loginOptionView({ portal, settings }, option));
  },
});
