import { GatehouseError } from '@gatehouse/contract/errors';
import { LoginOptionTest, TestLoginOptionInput } from '@gatehouse/contract/login-option';
import { command, unchanged } from '../kernel/command.ts';
import { reachProviders } from '../kernel/context.ts';
import { enforce } from '../kernel/decision.ts';
import { authorizedLoginOption } from './authorized-login-option.ts';
import { ssoOption } from './read-sso-option.ts';

export const testLoginOption = command({
  name: 'loginOptions.test',
  access: 'login_options:write',
  summary: 'Test a login option, even a disabled one, without a sign-in',
  input: TestLoginOptionInput,
  output: LoginOptionTest,
  async prepare(context, input) {
    const { em, actor, settings } = context;
    const option = await authorizedLoginOption({ em: em.fork(), actor, authorize: enforce }, input);
    if (option.providerType === 'built_in')
      throw new GatehouseError(
        'illegal_state',
        'The built-in login uses no identity provider, so it cannot be tested.',
      );
    const asked = ssoOption(settings, option);
    const checks = await reachProviders(context).check(asked, input.username);
    return { ok: checks.every(({ status }) => status !== 'failed'), checks };
  },
  async run(scope, input, found) {
    await authorizedLoginOption(scope, input);
    return unchanged(found);
  },
});
