import { listen } from '@gatehouse/testing/listen';
import { createServer } from 'node:https';
import { LOGIN_OPTION_CONFIGS, type OidcConfig } from '@gatehouse/contract/login-option-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oidc } from './oidc.ts';
import { egressTo } from './testing/egress-to.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { makeKeyPair } from '@gatehouse/testing/key-pair';
import { type OidcPeer, startOidcProvider } from '@gatehouse/testing/oidc-provider';
import { hasPrograms } from '@gatehouse/testing/programs';
import { startTamperingProvider, type Tampering, type TamperingProvider } from './testing/tampering-provider.ts';

const callbackUrl = 'https://portal.example.test/api/callback';
const egress = egressTo('127.0.0.1');
const here = { callbackUrl, metadataUrl: '', egress, now: new Date() };

let provider: OidcPeer;
let liar: TamperingProvider;
let config: OidcConfig;
beforeAll(async () => {
  provider = await startOidcProvider({ callbackUrl });
  liar = await startTamperingProvider();
  const { service } = liar.server;
  const answerAt = (path: string, answer: (isBasic: boolean) => [number, object]): void =>
    service.addRoute('POST', path, ({ headers }, response) => {
      const [status, body] = answer(headers.authorization !== undefined);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  answerAt('/picky', () => [400, { error: 'invalid_grant' }]);
  answerAt('/form', (isBasic) => (isBasic ? [401, { error: 'invalid_client' }] : [400, { error: 'invalid_grant' }]));
  answerAt('/puzzled', () => [400, { error: 'invalid_request' }]);
  answerAt('/generous', () => [200, { access_token: 'any', token_type: 'Bearer' }]);
  service.addRoute('GET', '/page', (_request, response) => void response.end('hello'));
  service.addRoute('GET', '/elsewhere', (_request, response) => {
    response.writeHead(302, { location: `${callbackUrl}.other.example.test` }).end();
  });
  config = LOGIN_OPTION_CONFIGS.oidc.parse({ issuer: provider.issuer, ...provider.client });
});
afterAll(async () => {
  await provider?.[Symbol.asyncDispose]();
  await liar?.[Symbol.asyncDispose]();
  await egress.close();
});

/** Each check as `name: status`, and the `message` of the last check that did not pass. */
async function found(changes: Partial<OidcConfig>, where = here) {
  const checks = await oidc.check({ ...config, ...changes }, where);
  const message = checks.findLast(({ status }) => status !== 'passed')?.message ?? '';
  expect(JSON.stringify(checks)).not.toContain(changes.client_secret ?? config.client_secret);
  return { checks: checks.map(({ name, status }) => `${name}: ${status}`), message };
}
/** Resolves paths against the provider's address. */
const ofLiar = ({ metadata = {} }: Tampering) => {
  const full = (value: unknown) => (typeof value === 'string' && value.startsWith('/') ? liar.issuer + value : value);
  liar.tamper = { metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, full(value)])) };
  return found({ issuer: liar.issuer });
};
const FORBIDDEN = 'http://127.0.0.2:1/';

const RIGHT = ['reachable', 'metadata', 'code_flow', 'pkce', 'keys', 'client', 'redirect_uri', 'authorization'];
const passed = (...names: string[]): string[] => names.map((name) => `${name}: passed`);

test('passes every check of a valid provider', async () => {
  expect(await found({})).toEqual({ checks: passed(...RIGHT, 'attributes'), message: '' });
});

test('reports an unreachable provider and a forbidden address', async () => {
  const { checks, message } = await found({ issuer: 'http://127.0.0.1:1' });
  expect(checks).toEqual(['reachable: failed']);
  expect(message).toContain('127.0.0.1:1');
  const inside = egressTo();
  expect(await found({}, { ...here, egress: inside })).toMatchObject({
    checks: ['reachable: failed'],
    message: expect.stringContaining('SSO_ALLOWED_NETWORKS'),
  });
  await inside.close();
});

test('reports an issuer that differs in a single character', async () => {
  const slash = await found({ issuer: `${provider.issuer}/` });
  expect(slash.checks).toEqual(['reachable: passed', 'metadata: failed']);
  expect(slash.message).toContain(`"${provider.issuer}"`);
  expect((await ofLiar({ metadata: { issuer: 'https://other.example.test' } })).message).toContain(
    '"https://other.example.test"',
  );
});

test('reports a server that is not an OpenID provider', async () => {
  expect(await found({ issuer: `${provider.issuer}/absent` })).toEqual({
    checks: ['reachable: passed', 'metadata: failed'],
    message: expect.stringContaining('404'),
  });
});

test('reports an unknown client and a wrong secret', async () => {
  const checks = [...passed(...RIGHT.slice(0, 5)), 'client: failed', 'attributes: passed'];
  const message = expect.stringContaining('client_secret');
  expect(await found({ client_id: 'other' })).toEqual({ checks, message });
  expect(await found({ client_secret: 'of-another' })).toEqual({ checks, message });
});

test('reports a callback URL that is not registered', async () => {
  const { checks, message } = await found({}, { ...here, callbackUrl: 'https://other.example.test/callback' });
  expect(checks).toEqual([...passed(...RIGHT.slice(0, 6)), 'redirect_uri: failed', 'attributes: passed']);
  expect(message).toContain('https://other.example.test/callback');
});

test('reports a mapped claim that the provider does not list', async () => {
  const { checks, message } = await found({ attributes: { username: 'login' } });
  expect(checks).toEqual([...passed(...RIGHT), 'attributes: unknown']);
  expect(message).toContain('login');
});

test.each<[string, Tampering['metadata'], string]>([
  ['no code flow', { response_types_supported: ['id_token'] }, 'code_flow: failed'],
  ['no S256', { code_challenge_methods_supported: ['plain'] }, 'pkce: failed'],
  ['no information about PKCE', { code_challenge_methods_supported: undefined }, 'pkce: unknown'],
  ['no keys', { jwks_uri: undefined }, 'keys: failed'],
  ['a page where its keys should be', { jwks_uri: '/page' }, 'keys: failed'],
  ['a missing page where its keys should be', { jwks_uri: '/absent' }, 'keys: failed'],
  ['keys at a forbidden address', { jwks_uri: FORBIDDEN }, 'keys: failed'],
  ['only symmetric signatures', { id_token_signing_alg_values_supported: ['HS256'] }, 'keys: failed'],
  ['a token endpoint at a forbidden address', { token_endpoint: FORBIDDEN }, 'client: failed'],
  ['no token endpoint', { token_endpoint: undefined }, 'client: failed'],
  ['a token endpoint that expects the secret in the form', { token_endpoint: '/form' }, 'client: passed'],
  ['a token endpoint that rejects the request', { token_endpoint: '/puzzled' }, 'client: unknown'],
  ['a token endpoint that accepts any code', { token_endpoint: '/generous' }, 'client: failed'],
  ['an authorization endpoint at a forbidden address', { authorization_endpoint: FORBIDDEN }, 'authorization: failed'],
  [
    'an authorization endpoint that is not a web page',
    { authorization_endpoint: 'javascript:alert(1)' },
    'authorization: failed',
  ],
  ['an authorization endpoint that does not redirect', { authorization_endpoint: '/page' }, 'redirect_uri: unknown'],
  [
    'an authorization endpoint that redirects elsewhere',
    { authorization_endpoint: '/elsewhere' },
    'redirect_uri: unknown',
  ],
  ['no list of its claims', {}, 'attributes: unknown'],
  ['a number instead of a list', { claims_supported: 7, response_types_supported: null }, 'attributes: unknown'],
  ['a string instead of a list', { token_endpoint_auth_methods_supported: 'none', jwks_uri: [] }, 'keys: failed'],
  ['no client_secret', { token_endpoint_auth_methods_supported: ['none'] }, 'metadata: failed'],
])('checks a provider with %s', async (_name, changed, expected) => {
  expect((await ofLiar({ metadata: { token_endpoint: '/picky', ...changed } })).checks).toContain(expected);
});

test('reports a request that the provider rejects through the browser', async () => {
  await using other = await startOidcProvider({ callbackUrl, client: { response_types: ['none'] } });
  const { checks } = await found({ issuer: other.issuer, ...other.client });
  expect(checks).toContain('redirect_uri: passed');
  expect(checks).toContain('authorization: failed');
});

describe.runIf(hasPrograms('openssl'))('behind a self-signed certificate', () => {
  const { privateKey: key, certificate: cert } = hasPrograms('openssl')
    ? makeKeyPair('127.0.0.1')
    : { privateKey: '', certificate: '' };
  const server = createServer({ key, cert }, ({ url }, response) => {
    if (url !== '/plain/.well-known/openid-configuration') return void response.writeHead(404).end();
    const [of, http] = [`${issuer}/plain`, 'http://127.0.0.1:1/'];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ issuer: of, authorization_endpoint: of, token_endpoint: http, jwks_uri: http }));
  });
  let issuer = '';
  beforeAll(async () => {
    issuer = `https://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('reports the certificate', async () => {
    expect(await found({ issuer })).toEqual({
      checks: ['reachable: passed', 'certificate: failed'],
      message: expect.stringContaining('certificate'),
    });
    await expectRefused(oidc.begin({ ...config, issuer }, here), 'bad_certificate');
  });

  test('ignores the certificate if ssl_verify is off', async () => {
    const { checks, message } = await found({ issuer, ssl_verify: false });
    expect(checks).toEqual(['reachable: passed', 'metadata: failed']);
    expect(message).toContain('404');
  });

  test('requires https for every endpoint', async () => {
    const { checks } = await found({ issuer: `${issuer}/plain`, ssl_verify: false });
    expect(checks).toEqual(expect.arrayContaining(['certificate: unknown', 'keys: failed', 'client: failed']));
    const asked = await oidc.check({ ...config, issuer: `${issuer}/plain`, ssl_verify: false }, here);
    const messages = asked.filter(({ status }) => status === 'failed').map(({ message }) => message);
    for (const message of messages) expect(message).toContain('https');
  });
});
