import type { OidcConfig } from '@gatehouse/contract/login-option-config';
import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { Configuration } from 'openid-client';
import { asSsoError, saidOfAnswer } from './oidc.errors.ts';
import { requestSignIn } from './oidc.request.ts';
import type { Here } from './protocol.ts';
import { unreached } from './unreached.ts';

const UNKNOWN = 'The provider does not say whether it knows the callback address: a sign-in shows it.';

/**
 * Asks for a sign-in as a browser without anybody signed in, which must not be shown a page (`prompt=none`): a provider
 * that knows the callback address says so there, and any other must not send anybody to it.
 */
export async function tryRequest(client: Configuration, config: OidcConfig, here: Here): Promise<LoginOptionCheck[]> {
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
    return [known('passed', 'The provider knows the callback address.'), said(back.searchParams.get('error'))];
  } catch (error) {
    return [{ name: 'authorization', status: 'failed', message: asSsoError(error, 'discovery').message }];
  }
}

async function ask(url: string, config: OidcConfig, here: Here): Promise<Response> {
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
  return { name, status: 'passed', message: 'The provider accepts our request.' };
}
