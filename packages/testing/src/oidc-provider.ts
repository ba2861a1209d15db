import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider';
import { listen } from './listen.ts';
import { formWith, type Page, UserAgent } from './user-agent.ts';

export type OidcPeer = AsyncDisposable & { issuer: string; client: { client_id: string; client_secret: string } };
type Settings = { callbackUrl: string; client?: Partial<ClientMetadata>; provider?: Configuration };

const PEOPLE: Partial<Record<string, Record<string, unknown>>> = {
  alice: { preferred_username: 'alice', email: 'alice@example.test', email_verified: true, name: 'Alice Ärger' },
  bob: { preferred_username: 'bob', email: 'bob@example.test', email_verified: false, name: 'Bob' },
};

/** Starts a certified OpenID provider. Its users are alice, and bob with an unverified address. Others have only a `sub`. */
export async function startOidcProvider({ callbackUrl, client, provider }: Settings): Promise<OidcPeer> {
  const server = createServer();
  const issuer = `http://127.0.0.1:${String(await listen(server))}`;
  const credentials = { client_id: 'portal', client_secret: `secret & ${randomUUID()}` };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const op = new Provider(issuer, {
    clients: [{ ...credentials, redirect_uris: [callbackUrl], ...client }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'first' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
    cookies: { keys: [randomUUID()] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    ...provider,
  });
  const serve = op.callback();
  server.on('request', (request, response) => void serve(request, response));
  const dispose = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { issuer, client: credentials, [Symbol.asyncDispose]: dispose };
}

/** Signs in at the provider and consents. Returns the redirect to the callback. */
export async function signInAt(url: string, username: string, callbackUrl: string): Promise<Page> {
  const browser = new UserAgent(callbackUrl);
  const login = formWith(await browser.open(url), 'login');
  const consent = await browser.submit(login, { login: username, password: 'any' });
  return browser.submit(formWith(consent, 'prompt'));
}
