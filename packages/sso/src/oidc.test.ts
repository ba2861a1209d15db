import { createHash } from 'node:crypto';
import { LOGIN_OPTION_CONFIGS, type OidcConfig } from '@gatehouse/contract/login-option-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oidc } from './oidc.ts';
import { egressTo } from './testing/egress-to.ts';
import type { PendingSignIn, SignInContext } from './protocol.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { type OidcPeer, signInAt, startOidcProvider } from '@gatehouse/testing/oidc-provider';
import { UserAgent } from '@gatehouse/testing/user-agent';

const callbackUrl = 'https://portal.example.test/api/callback';
const egress = egressTo('127.0.0.1');
const here: SignInContext = { callbackUrl, metadataUrl: '', egress, now: new Date() };

let provider: OidcPeer;
let config: OidcConfig;
beforeAll(async () => {
  provider = await startOidcProvider({ callbackUrl });
  config = configOf(provider);
});
afterAll(async () => {
  await provider?.[Symbol.asyncDispose]();
  await egress.close();
});

const configOf = ({ issuer, client }: OidcPeer, more: Partial<OidcConfig> = {}): OidcConfig =>
  LOGIN_OPTION_CONFIGS.oidc.parse({ issuer, ...client, ...more });

/** Signs in until the browser returns with the response in its URL. */
async function signIn(username: string, options = config): Promise<{ begun: PendingSignIn; answer: URLSearchParams }> {
  const { url, begun } = await oidc.begin(options, here);
  const page = await signInAt(url, username, callbackUrl);
  return { begun, answer: new URL(page.url).searchParams };
}

test('signs in alice, and bob with an unverified address', async () => {
  const callback = await signIn('alice');
  await expect(oidc.finish(config, here, callback)).resolves.toEqual({
    subject: 'alice',
    username: 'alice',
    email: 'alice@example.test',
    emailVerified: true,
    name: 'Alice Ärger',
    once: callback.begun.state,
  });
  const bob = await oidc.finish(config, here, await signIn('bob'));
  expect(bob).toMatchObject({ subject: 'bob', emailVerified: false });
  const nobody = await oidc.finish(config, here, await signIn('zoé'));
  expect(nobody).toMatchObject({ subject: 'zoé', username: null, email: null, emailVerified: null, name: null });
});

test('keeps the client secret and the verifier out of the authorization URL', async () => {
  const { url, begun } = await oidc.begin(config, here);
  const query = new URL(url).searchParams;
  expect(url.startsWith(`${provider.issuer}/auth?`)).toBe(true);
  expect(Object.fromEntries(query)).toEqual({
    client_id: 'portal',
    redirect_uri: callbackUrl,
    response_type: 'code',
    scope: 'openid profile email',
    state: begun.state,
    nonce: begun['nonce'],
    code_challenge: createHash('sha256').update(String(begun['verifier'])).digest('base64url'),
    code_challenge_method: 'S256',
  });
  expect(begun).not.toEqual((await oidc.begin(config, here)).begun);
});

test('reads the configured claims, and leaves an address from another claim unverified', async () => {
  const attributes = { username: 'email', email: 'preferred_username', name: 'absent' };
  const claims = await oidc.finish({ ...config, attributes }, here, await signIn('alice'));
  expect(claims).toMatchObject({ username: 'alice@example.test', email: 'alice', emailVerified: null, name: null });
});

describe('rejects a response', () => {
  test('that was already used', async () => {
    const callback = await signIn('alice');
    await oidc.finish(config, here, callback);
    await expectRefused(oidc.finish(config, here, callback), 'invalid_answer', secretsOf(callback));
  });

  test.each(['state', 'nonce', 'verifier'])('with the %s of another sign-in', async (name) => {
    const callback = await signIn('alice');
    const { begun } = await oidc.begin(config, here);
    const mixed = { ...callback, begun: { ...callback.begun, [name]: String(begun[name]) } };
    await expectRefused(oidc.finish(config, here, mixed), 'invalid_answer', secretsOf(callback));
  });

  test.each(['nonce', 'verifier'])('for a sign-in without a %s', async (name) => {
    const callback = await signIn('alice');
    const begun = Object.fromEntries(Object.entries(callback.begun).filter(([key]) => key !== name));
    await expectRefused(oidc.finish(config, here, { ...callback, begun: { state: '', ...begun } }), 'invalid_answer');
  });

  test.each<[string, (answer: URLSearchParams) => void]>([
    ['without state', (answer) => answer.delete('state')],
    ['with two states', (answer) => answer.append('state', 'other')],
    ['without a code', (answer) => answer.delete('code')],
    ['with two codes', (answer) => answer.append('code', 'other')],
    ['with another code', (answer) => answer.set('code', 'other')],
    ['of another issuer', (answer) => answer.set('iss', 'https://other.example.test')],
    ['without an issuer, if the provider announces one', (answer) => answer.delete('iss')],
    ['with an ID token from the browser', (answer) => answer.set('id_token', 'e30.e30.')],
    ['as a JWT', (answer) => answer.set('response', 'e30.e30.')],
  ])('%s', async (_name, change) => {
    const callback = await signIn('alice');
    change(callback.answer);
    await expectRefused(oidc.finish(config, here, callback), 'invalid_answer', secretsOf(callback));
  });

  test('at another callback URL', async () => {
    const callback = await signIn('alice');
    const elsewhere = { ...here, callbackUrl: 'https://other.example.test/callback' };
    await expectRefused(oidc.finish(config, elsewhere, callback), 'invalid_answer', secretsOf(callback));
  });
});

const secretsOf = ({ begun, answer }: { begun: PendingSignIn; answer: URLSearchParams }): string[] =>
  [config.client_secret, begun['verifier'], answer.get('code')].map((secret) => secret ?? 'none');

test('fails with refused if the person declines at the provider', async () => {
  const { url, begun } = await oidc.begin(config, here);
  const browser = new UserAgent(callbackUrl);
  const page = await browser.open(url);
  const back = await browser.open(`${page.url}/abort`);
  const { searchParams: answer } = new URL(back.url);
  expect(answer.get('error')).toBe('access_denied');
  await expectRefused(oidc.finish(config, here, { begun, answer }), 'refused');
});

test.each([
  ['temporarily_unavailable', 'unreachable'],
  ['unauthorized_client', 'wrong_client'],
  ['invalid_scope', 'misconfigured'],
  ['constructor', 'misconfigured'],
] as const)('translates the error %s to %s', async (error, reason) => {
  const { begun } = await oidc.begin(config, here);
  const answer = new URLSearchParams({ error, state: begun.state, iss: provider.issuer, error_description: 'eyJ' });
  await expectRefused(oidc.finish(config, here, { begun, answer }), reason, ['eyJ']);
});

test('reports a wrong secret without revealing it', async () => {
  const callback = await signIn('alice');
  const wrong = { ...config, client_secret: 'a-secret-of-another' };
  await expectRefused(oidc.finish(wrong, here, callback), 'wrong_client', [
    'a-secret-of-another',
    ...secretsOf(callback),
  ]);
});

test('fails with unreachable if the provider is down, and does not connect to a forbidden address', async () => {
  await expectRefused(oidc.begin({ ...config, issuer: 'http://127.0.0.1:1' }, here), 'unreachable');
  const callback = await signIn('alice');
  const inside = egressTo();
  await expectRefused(
    oidc.finish(config, { ...here, egress: inside }, callback),
    'address_not_allowed',
    secretsOf(callback),
  );
  await inside.close();
});

test('rejects an issuer that is not an OpenID provider', async () => {
  await expectRefused(oidc.begin({ ...config, issuer: `${provider.issuer}/absent` }, here), 'misconfigured');
  await expectRefused(oidc.begin({ ...config, issuer: `${provider.issuer}/` }, here), 'misconfigured');
});
