import { GatehouseError } from '@gatehouse/contract/errors';
import { LoginOptionRef } from '@gatehouse/contract/login-option';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockLoginOption } from './authorized-login-option.ts';

export const deleteLoginOption = command({
  name: 'loginOptions.delete',
  access: 'login_options:write',
  summary: 'Delete a login option: its sessions end, and its accounts cannot sign in with it again',
  input: LoginOptionRef,
  output: Nothing,
  async run(scope, input) {
    const option = await lockLoginOption(scope, input);
    if (option.providerType === 'built_in')
      throw new GatehouseError('illegal_state', 'The built-in login cannot be deleted. Disable it instead.');
    scope.em.remove(option);
    scope.emit('login_option.deleted', option);
    return changed(null);
  },
});
