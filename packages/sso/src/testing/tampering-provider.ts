import { Events, type MutableResponse, type MutableToken, OAuth2Server, type Payload } from 'oauth2-mock-server';

type Claims = Record<string, unknown>;
/** Deviations from the responses of a valid provider. */
export type Tampering = {
  metadata?: Claims;
  /** Claims of the ID token, which is still signed correctly. */
  claims?: Claims;
  header?: Claims;
  /** Changes the encoded ID token. */
  rewrite?: (idToken: string) => string | undefined;
  userinfo?: Claims;
};
export type TamperingProvider = AsyncDisposable & { issuer: string; server: OAuth2Server; tamper: Tampering };

/** An OpenID provider that signs everyone in as johndoe, accepts every client, and can be made to lie. */
export async function startTamperingProvider(): Promise<TamperingProvider> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256', { kid: 'first' });
  await server.start(0, '127.0.0.1');
  const issuer = `http://127.0.0.1:${String(server.address().port)}`;
  server.issuer.url = issuer;
  const provider = { issuer, server, tamper: {} as Tampering, [Symbol.asyncDispose]: () => server.stop() };
  const { service } = server;
  service.on(Events.BeforeWellKnownOpenIdConfiguration, ({ body }: MutableResponse) => {
    const methods = ['client_secret_basic', 'client_secret_post'];
    change(body, { token_endpoint_auth_methods_supported: methods, ...provider.tamper.metadata });
  });
  service.on(Events.BeforeTokenSigning, ({ header, payload }: MutableToken) => {
    if (!isOfIdToken(payload)) return;
    change(payload, provider.tamper.claims);
    change(header, provider.tamper.header);
  });
  service.on(Events.BeforeResponse, ({ body }: MutableResponse) => {
    if (body === '' || !provider.tamper.rewrite) return;
    change(body, { id_token: provider.tamper.rewrite(String(body['id_token'])) });
  });
  service.on(Events.BeforeUserinfo, ({ body }: MutableResponse) => change(body, provider.tamper.userinfo));
  return provider;
}

/** Only access tokens have a scope. */
const isOfIdToken = (payload: Payload): boolean => !('scope' in payload);

/** A change to `undefined` deletes the claim. */
function change(target: Claims | '', changes: Claims = {}): void {
  if (target === '') return;
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) Reflect.deleteProperty(target, name);
    else target[name] = value;
}
