import type { OidcConfig } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import {
  authorizationCodeGrant,
  type AuthorizationCodeGrantChecks,
  type Configuration,
  fetchUserInfo,
  type IDToken,
} from 'openid-client';
import { checkOidc } from './oidc.check.ts';
import { lacking, personOf } from './oidc.claims.ts';
import { asSsoError } from './oidc.errors.ts';
import { asEither, discover, type Provider } from './oidc.provider.ts';
import { requestSignIn } from './oidc.request.ts';
import type { Answer, PendingSignIn, SignInContext, RedirectProtocol } from './protocol.ts';
import { SsoError } from './sso-error.ts';

/** OpenID Connect: the authorization code flow with state, nonce and PKCE. */
export const oidc: RedirectProtocol<OidcConfig> = {
  stateParameter: 'state',
  async begin(config, here) {
    const { clients } = await discover(config, here);
    return requestSignIn(clients[0], config, here);
  },
  finish,
  check: checkOidc,
};

type ProviderCallback = { begun: PendingSignIn; answer: Answer };
type TokenResponse = { client: Configuration; claims: IDToken; accessToken: string };

async function finish(
  config: OidcConfig,
  here: SignInContext,
  { begun, answer }: ProviderCallback,
): Promise<VerifiedClaims> {
  const { state, nonce, verifier } = begun;
  if (nonce === undefined || verifier === undefined)
    throw new SsoError('invalid_answer', 'The sign-in was started with another protocol. Start again.');
  const { metadata, clients } = await discover(config, here);
  const url = new URL(here.callbackUrl);
  url.search = answer.toString();
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
  const redeemed = await redeem(clients, url, checks);
  const { claims } = redeemed;
  refuseForeign(claims, config.client_id);
  const asksMore = metadata.userinfo_endpoint !== undefined && lacking(config.attributes, claims).length > 0;
  const said = asksMore ? [claims, await askMore(redeemed)] : [claims];
  return { subject: claims.sub, ...personOf(config.attributes, said), once: state };
}

async function redeem(
  clients: Provider['clients'],
  url: URL,
  checks: AuthorizationCodeGrantChecks,
): Promise<TokenResponse> {
  try {
    return await asEither(clients, async (client) => {
      const tokens = await authorizationCodeGrant(client, url, { ...checks });
      const claims = tokens.claims();
      if (!claims) throw new SsoError('invalid_answer', 'The provider sent no ID token.');
      return { client, claims, accessToken: tokens.access_token };
    });
  } catch (error) {
    throw asSsoError(error, 'sign_in');
  }
}

/** The library checks `azp` only if the token has several audiences. */
function refuseForeign({ sub, azp }: IDToken, clientId: string): void {
  if (azp !== undefined && azp !== clientId)
    throw new SsoError('invalid_answer', 'The ID token was issued to another client.');
  if (!/^\P{Cc}{1,255}$/u.test(sub))
    throw new SsoError(
      'invalid_answer',
      'The sub of the ID token must have 1 to 255 characters and no control characters.',
    );
}

/** The library checks that the response has the same `sub`. */
async function askMore({ client, claims, accessToken }: TokenResponse) {
  try {
    return await fetchUserInfo(client, accessToken, claims.sub);
  } catch (error) {
    throw asSsoError(error, 'userinfo');
  }
}
