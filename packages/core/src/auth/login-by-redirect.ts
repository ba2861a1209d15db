import { Username } from '@gatehouse/contract/developer';
import { Vouched } from '@gatehouse/contract/login-option';
import { Login } from '@gatehouse/contract/session';
import { z } from 'zod';
import { changed, command } from '../kernel/command.ts';
import { signInByProvider } from './sign-in-by-provider.ts';

/** Not of a caller, but of the transport, which has asked the provider. */
export const loginByRedirect = command({
  name: 'auth.loginByRedirect',
  access: 'system',
  summary: 'Sign in a person confirmed by an identity provider',
  input: z.strictObject({
    portal_id: z.string(),
    login_option_id: z.string(),
    vouched: Vouched,
    username: Username.optional(),
    replaces: z.strictObject({ sessionId: z.string(), portalId: z.string() }).nullable(),
  }),
  output: Login,
  run: async (scope, input) => changed(await signInByProvider(scope, input)),
});
