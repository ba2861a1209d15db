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
import type { Here } from './protocol.ts';
import { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

/** `clients`: us, in each way in which the provider takes a secret. Which one is registered there it does not say. */
export type Provider = { metadata: ServerMetadata; clients: readonly [Configuration, ...Configuration[]] };

/** Asks each time, so that changes by the provider or an admin, such as new keys, take effect immediately. */
export async function discover(config: OidcConfig, here: Here): Promise<Provider> {
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
  // The library reads the clock of this process, which may be wrong.
  const skew = Math.round((here.now.getTime() - Date.now()) / 1000);
  const clientBy = (auth: ClientAuth): Configuration => {
    const client = new Configuration(metadata, config.client_id, { ...secret, [clockSkew]: skew }, auth);
    client[customFetch] = fetch;
    // Without it a forged ID token is believed where the connection is trusted.
    enableNonRepudiationChecks(client);
    if (isHttp) allowInsecureRequests(client);
    return client;
  };
  const [first, ...others] = waysOf(metadata).map((way) => clientBy(way(config.client_secret)));
  if (!first) throw new SsoError('misconfigured', 'The provider does not accept a client_secret from clients.');
  return { metadata, clients: [first, ...others] };
}

/** A client that is refused is tried in the next way: a code is not spent before the client is known. */
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
  // OpenID Connect Discovery, 3.
  const named = listed(metadata, 'token_endpoint_auth_methods_supported') ?? ['client_secret_basic'];
  return Object.entries(ways).flatMap(([name, way]) => (named.includes(name) ? [way] : []));
}

/** All that the library asks goes this way, also to the endpoints that the provider names. */
function guarded(fetch: Fetch): CustomFetch {
  return async (url, { method, headers, body }) => {
    try {
      return await fetch(url, { method, headers, body: body instanceof URLSearchParams ? body : null });
    } catch (error) {
      throw unreached(error, new URL(url).host);
    }
  };
}

/** The library compares addresses, not bytes: whose issuer differs in a slash would be refused with its first token. */
function wrongIssuer({ issuer }: OidcConfig, found: unknown): SsoError | null {
  if (typeof found !== 'string' || found === issuer) return null;
  const right = found.length <= 2048 && URL.canParse(found) ? `is ${JSON.stringify(found)}` : 'is not a URL';
  return new SsoError('misconfigured', `issuer must match the issuer of the provider exactly: it ${right}.`);
}

function issuerIn(error: unknown): unknown {
  const cause: unknown = error instanceof Error ? error.cause : null;
  if (typeof cause !== 'object' || cause === null || !('body' in cause)) return null;
  const { body } = cause;
  return typeof body === 'object' && body !== null && 'issuer' in body ? body.issuer : null;
}
