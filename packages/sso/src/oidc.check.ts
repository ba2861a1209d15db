import type { OidcConfig } from '@gatehouse/contract/login-option-config';
import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import { genericGrantRequest, ResponseBodyError, type ServerMetadata } from 'openid-client';
import { claimNames } from './oidc.claims.ts';
import { asSsoError } from './oidc.errors.ts';
import { asEither, discover, listed, type Provider } from './oidc.provider.ts';
import { tryRequest } from './oidc.try-request.ts';
import type { SignInContext } from './protocol.ts';
import type { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

type Status = LoginOptionCheck['status'];
const check = (name: string, status: Status, message: string): LoginOptionCheck => ({ name, status, message });

export async function checkOidc(config: OidcConfig, here: SignInContext): Promise<LoginOptionCheck[]> {
  let provider: Provider;
  try {
    provider = await discover(config, here);
  } catch (error) {
    return undiscovered(asSsoError(error, 'discovery'));
  }
  const { metadata } = provider;
  const found = [
    REACHABLE,
    ...certificate(config),
    check('metadata', 'passed', 'The issuer is an OpenID provider.'),
    codeFlow(metadata),
    pkce(metadata),
    await keys(metadata, config, here),
    await client(provider, here),
  ];
  const isKnown = found.every(({ name, status }) => name !== 'client' || status !== 'failed');
  const tried = isKnown ? await tryRequest(provider.clients[0], config, here) : [];
  return [...found, ...tried, attributes(metadata, config)];
}

const REACHABLE = check('reachable', 'passed', 'The provider responds.');

function undiscovered({ reason, message }: SsoError): LoginOptionCheck[] {
  if (reason === 'unreachable' || reason === 'address_not_allowed') return [check('reachable', 'failed', message)];
  return [REACHABLE, check(reason === 'bad_certificate' ? 'certificate' : 'metadata', 'failed', message)];
}

function certificate({ issuer, ssl_verify }: OidcConfig): LoginOptionCheck[] {
  if (new URL(issuer).protocol === 'http:') return [];
  if (ssl_verify) return [check('certificate', 'passed', 'The certificate of the provider is valid.')];
  return [check('certificate', 'unknown', 'The certificate was not checked, because ssl_verify is off.')];
}

function codeFlow(metadata: ServerMetadata): LoginOptionCheck {
  if (listed(metadata, 'response_types_supported')?.includes('code') ?? true)
    return check('code_flow', 'passed', 'The provider offers the authorization code flow.');
  return check('code_flow', 'failed', 'The provider does not offer the authorization code flow.');
}

function pkce(metadata: ServerMetadata): LoginOptionCheck {
  const methods = listed(metadata, 'code_challenge_methods_supported');
  if (methods === null) return check('pkce', 'unknown', 'The provider does not publish whether it checks PKCE.');
  if (methods.includes('S256')) return check('pkce', 'passed', 'The provider checks PKCE with S256.');
  return check('pkce', 'failed', 'The provider does not accept PKCE with S256.');
}

/** Checks how ID tokens are signed and that the keys can be fetched. */
async function keys(metadata: ServerMetadata, config: OidcConfig, here: SignInContext): Promise<LoginOptionCheck> {
  const { jwks_uri } = metadata;
  const named = listed(metadata, 'id_token_signing_alg_values_supported') ?? ['RS256'];
  const failed = (message: string): LoginOptionCheck => check('keys', 'failed', message);
  if (!named.some((name) => /^(RS|PS|ES|Ed|ML)/.test(name)))
    return failed('The provider does not sign ID tokens with a private key, such as with RS256 or ES256.');
  const url = jwks_uri === undefined ? null : URL.parse(jwks_uri);
  if (url?.protocol !== 'https:' && url?.protocol !== new URL(config.issuer).protocol)
    return failed('The provider does not publish an https URL for its keys (jwks_uri).');
  try {
    const answer = await here.egress.fetch({ sslVerify: config.ssl_verify })(url.href);
    const found: unknown = answer.ok ? await answer.json() : null;
    const isSet = typeof found === 'object' && found !== null && 'keys' in found && Array.isArray(found.keys);
    if (isSet) return check('keys', 'passed', 'The keys of the provider can be fetched.');
  } catch (error) {
    if (!(error instanceof SyntaxError)) return failed(unreached(error, url.host).message);
  }
  return failed("The URL of the provider's keys does not serve a key set.");
}

/** Redeems a made-up code. A provider rejects an unknown client before it looks at the code. */
async function client({ clients }: Provider, here: SignInContext): Promise<LoginOptionCheck> {
  const code = {
    code: crypto.randomUUID(),
    redirect_uri: here.callbackUrl,
    code_verifier: crypto.randomUUID().repeat(2),
  };
  try {
    await asEither(clients, (one) => genericGrantRequest(one, 'authorization_code', code));
    return check('client', 'failed', 'The provider issued tokens for a code that it never issued.');
  } catch (error) {
    const { reason, message } = asSsoError(error, 'sign_in');
    if (!(error instanceof ResponseBodyError) || reason === 'wrong_client') return check('client', 'failed', message);
    if (error.error === 'invalid_grant')
      return check('client', 'passed', 'The provider knows the client and its secret.');
    return check(
      'client',
      'unknown',
      'The provider does not reveal whether it knows the client. Only a real sign-in can show it.',
    );
  }
}

function attributes(metadata: ServerMetadata, { attributes: mapped }: OidcConfig): LoginOptionCheck {
  const named = listed(metadata, 'claims_supported');
  if (named === null)
    return check('attributes', 'unknown', 'The provider does not list its claims. Only a real sign-in can show them.');
  const missing = Object.values(claimNames(mapped)).filter((name) => !named.includes(name));
  if (missing.length === 0) return check('attributes', 'passed', 'The provider lists all mapped claims.');
  return check(
    'attributes',
    'unknown',
    `The provider does not list ${missing.join(', ')} among its claims. Map other claims in attributes, or sign in to see whether the provider sends them.`,
  );
}
