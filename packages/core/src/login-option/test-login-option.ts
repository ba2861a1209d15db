import { GatehouseError } from '@gatehouse/contract/errors';
import { LoginOptionTest, TestLoginOptionInput } from '@gatehouse/contract/login-option';
import { command, unchanged } from '../command.ts';
import { reachProviders } from '../context.ts';
import { enforce } from '../decision.ts';
import { findLoginOption } from './find-login-option.ts';
import { ssoOption } from './read-sso-option.ts';

export const testLoginOption = command({
  name: 'loginOptions.test',
  access: 'login_options:write',
  summary: 'Test a login option, even a disabled one, without a sign-in',
  input: TestLoginOptionInput,
  output: LoginOptionTest,
  async prepare(context, input) {
    const { em, actor, settings } = context;
    const option = await findLoginOption({ em: em.fork(), actor, authorize: enforce }, input);
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
    await findLoginOption(scope, input);
    return unchanged(found);
  },
});
