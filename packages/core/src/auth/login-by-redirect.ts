import { LoginOptionId, PortalId, SessionId } from '@gatehouse/contract/ids';
import { Username } from '@gatehouse/contract/developer';
import { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { Login } from '@gatehouse/contract/session';
import { z } from 'zod';
import { changed, command } from '../kernel/command.ts';
import { signInByProvider } from './sign-in-by-provider.ts';

/** The transport calls this after it has verified the response of the identity provider. */
export const loginByRedirect = command({
  name: 'auth.loginByRedirect',
  access: 'system',
  summary: 'Sign in a person confirmed by an identity provider',
  input: z.strictObject({
    portal_id: PortalId,
    login_option_id: LoginOptionId,
    claims: VerifiedClaims,
    username: Username.optional(),
    replaces: z.strictObject({ sessionId: SessionId, portalId: PortalId }).nullable(),
  }),
  output: Login,
  run: async (scope, input) => changed(await signInByProvider(scope, input)),
});
