import { Username } from '@gatehouse/contract/developer';
import { Login } from '@gatehouse/contract/session';
import { z } from 'zod';
import { changed, command } from '../command.ts';
import { signInByProvider } from './sign-in-by-provider.ts';

const text = z.string().nullable();
/** `Vouched`, where it comes out of a cookie. */
export const VouchedSchema = z.strictObject({
  subject: z.string(),
  username: text,
  email: text,
  emailVerified: z.boolean().nullable(),
  name: text,
  once: text,
});

/** Not of a caller, but of the transport, which has asked the provider. */
export const logInByRedirect = command({
  name: 'auth.loginByRedirect',
  access: 'system',
  summary: 'Sign in whom an identity provider has just vouched for',
  input: z.strictObject({
    portal_id: z.string(),
    login_option_id: z.string(),
    vouched: VouchedSchema,
    username: Username.optional(),
    replaces: z.strictObject({ sessionId: z.string(), portalId: z.string() }).nullable(),
  }),
  output: Login,
  run: async (scope, input) => changed(await signInByProvider(scope, input)),
});
