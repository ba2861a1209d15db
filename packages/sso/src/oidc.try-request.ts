import type { OidcConfig } from '@gatehouse/contract/login-option-config';
import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { Configuration } from 'openid-client';
import { asSsoError, saidOfAnswer } from './oidc.errors.ts';
import { requestSignIn } from './oidc.request.ts';
import type { SignInContext } from './protocol.ts';
import { unreached } from './unreached.ts';

const UNKNOWN = 'The provider does not reveal whether it knows the callback URL. Only a real sign-in can show it.';

/**
 * Requests a sign-in with `prompt=none` and without a session, so the provider cannot show a page. A provider that
 * knows the callback URL redirects to it with an error. Any other provider must not redirect there.
 */
export async function tryRequest(
  client: Configuration,
  config: OidcConfig,
  here: SignInContext,
): Promise<LoginOptionCheck[]> {
  const known = (status: LoginOptionCheck['status'], message: string): LoginOptionCheck => ({
    name: 'redirect_uri',
    status,
    message,
  });
  try {
    const { url } = await requestSignIn(client, config, here);
    const answer = await ask(`${url}&prompt=none`, config, here);
    if (answer.status === 400)
      return [known('failed', `Register ${here.callbackUrl} with the client at the provider.`)];
    const back = URL.parse(answer.headers.get('location') ?? '', url);
    if (!back || `${back.origin}${back.pathname}` !== here.callbackUrl) return [known('unknown', UNKNOWN)];
    return [known('passed', 'The provider knows the callback URL.'), said(back.searchParams.get('error'))];
  } catch (error) {
    return [{ name: 'authorization', status: 'failed', message: asSsoError(error, 'discovery').message }];
  }
}

async function ask(url: string, config: OidcConfig, here: SignInContext): Promise<Response> {
  try {
    return await here.egress.fetch({ sslVerify: config.ssl_verify })(url, { headers: { accept: 'text/html' } });
  } catch (error) {
    throw unreached(error, new URL(url).host);
  }
}

function said(error: string | null): LoginOptionCheck {
  const name = 'authorization';
  const [reason, message] = saidOfAnswer(error ?? 'login_required');
  if (reason !== 'refused') return { name, status: 'failed', message };
  return { name, status: 'passed', message: 'The provider accepts the sign-in request.' };
}
