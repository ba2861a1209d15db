import type { OidcConfig } from '@gatehouse/contract/login-option-config';
import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { asSsoError } from './oidc.errors.ts';
import type { PendingSignIn, SignInContext } from './protocol.ts';

/** Returns the authorization URL, and the values needed to verify the response. */
export async function requestSignIn(
  client: Configuration,
  config: OidcConfig,
  here: SignInContext,
): Promise<{ url: string; begun: PendingSignIn }> {
  const begun = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const parameters = {
    redirect_uri: here.callbackUrl,
    scope: config.request_scopes.join(' '),
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
  };
  try {
    return { url: buildAuthorizationUrl(client, parameters).href, begun };
  } catch (error) {
    throw asSsoError(error, 'discovery');
  }
}
