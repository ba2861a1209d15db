import { LoginOption, LoginOptionRef } from '@gatehouse/contract/login-option';
import { findPortal } from '../portal/find-portal.ts';
import { query } from '../kernel/query.ts';
import { authorizedLoginOption } from './authorized-login-option.ts';
import { loginOptionView } from './login-option.view.ts';

export const getLoginOption = query({
  name: 'loginOptions.get',
  access: 'login_options:read',
  summary: 'Get one login option, without its secrets',
  input: LoginOptionRef,
  output: LoginOption,
  async run(scope, input) {
    const option = await authorizedLoginOption(scope, input);
    const portal = await findPortal(scope.em, option.portal);
    return loginOptionView({ portal, settings: scope.settings }, option);
  },
});
