import type { OidcConfig } from '@gatehouse/contract/login-option-config';
import {
  allowInsecureRequests,
  type ClientAuth,
  clockSkew,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  type CustomFetch,
  discovery,
  enableNonRepudiationChecks,
  type ServerMetadata,
} from 'openid-client';
import { asSsoError } from './oidc.errors.ts';
import type { Fetch } from '@gatehouse/egress/egress';
import type { SignInContext } from './protocol.ts';
import { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

/** `clients`: one per authentication method that the provider supports; it does not say which one is registered. */
export type Provider = { metadata: ServerMetadata; clients: readonly [Configuration, ...Configuration[]] };

/** Fetches the metadata at every sign-in, so that changes such as new keys take effect immediately. */
export async function discover(config: OidcConfig, here: SignInContext): Promise<Provider> {
  const fetch = guarded(here.egress.fetch({ sslVerify: config.ssl_verify }));
  const isHttp = new URL(config.issuer).protocol === 'http:';
  const settings = { [customFetch]: fetch, execute: isHttp ? [allowInsecureRequests] : [] };
  const found = await discovery(new URL(config.issuer), config.client_id, undefined, undefined, settings).catch(
    (error: unknown) => {
      throw wrongIssuer(config, issuerIn(error)) ?? asSsoError(error, 'discovery');
    },
  );
  const metadata = found.serverMetadata();
  const mismatch = wrongIssuer(config, metadata.issuer);
  if (mismatch) throw mismatch;
  const secret = { client_secret: config.client_secret };
  // The library uses the system clock, so the difference from `now` is passed as skew.
  const skew = Math.round((here.now.getTime() - Date.now()) / 1000);
  const clientBy = (auth: ClientAuth): Configuration => {
    const client = new Configuration(metadata, config.client_id, { ...secret, [clockSkew]: skew }, auth);
    client[customFetch] = fetch;
    // Otherwise the library trusts the TLS connection and skips the signature of the ID token.
    enableNonRepudiationChecks(client);
    if (isHttp) allowInsecureRequests(client);
    return client;
  };
  const [first, ...others] = waysOf(metadata).map((way) => clientBy(way(config.client_secret)));
  if (!first) throw new SsoError('misconfigured', 'The provider does not accept a client_secret from clients.');
  return { metadata, clients: [first, ...others] };
}

/** Tries the next client if the provider rejects one. A provider checks the client before it spends the code. */
export async function asEither<T>(
  [client, ...others]: Provider['clients'],
  ask: (client: Configuration) => Promise<T>,
): Promise<T> {
  try {
    return await ask(client);
  } catch (error) {
    const [next, ...rest] = others;
    if (!next || asSsoError(error, 'sign_in').reason !== 'wrong_client') throw error;
    return asEither([next, ...rest], ask);
  }
}

/** The list that the provider publishes under this name, unverified; null if it publishes none. */
export function listed(metadata: ServerMetadata, name: string): string[] | null {
  const value: unknown = metadata[name];
  return Array.isArray(value) ? value.map(String) : null;
}

function waysOf(metadata: ServerMetadata) {
  const ways = { client_secret_basic: ClientSecretBasic, client_secret_post: ClientSecretPost };
  // Default of OpenID Connect Discovery, section 3.
  const named = listed(metadata, 'token_endpoint_auth_methods_supported') ?? ['client_secret_basic'];
  return Object.entries(ways).flatMap(([name, way]) => (named.includes(name) ? [way] : []));
}

/** Sends every request of the library through the egress guard, including those to endpoints from the metadata. */
function guarded(fetch: Fetch): CustomFetch {
  return async (url, { method, headers, body }) => {
    try {
      return await fetch(url, { method, headers, body: body instanceof URLSearchParams ? body : null });
    } catch (error) {
      throw unreached(error, new URL(url).host);
    }
  };
}

/** The library ignores a trailing slash in the issuer during discovery, but would reject the first ID token. */
function wrongIssuer({ issuer }: OidcConfig, found: unknown): SsoError | null {
  if (typeof found !== 'string' || found === issuer) return null;
  const right = found.length <= 2048 && URL.canParse(found) ? `is ${JSON.stringify(found)}` : 'is not a URL';
  return new SsoError(
    'misconfigured',
    `issuer must exactly match the issuer that the provider publishes, which ${right}.`,
  );
}

function issuerIn(error: unknown): unknown {
  const cause: unknown = error instanceof Error ? error.cause : null;
  if (typeof cause !== 'object' || cause === null || !('body' in cause)) return null;
  const { body } = cause;
  return typeof body === 'object' && body !== null && 'issuer' in body ? body.issuer : null;
}
