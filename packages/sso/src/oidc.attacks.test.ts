import { listen } from '@gatehouse/testing/listen';
import { createHmac, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { LOGIN_OPTION_CONFIGS, type OidcConfig } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { Events, type MutableResponse } from 'oauth2-mock-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oidc } from './oidc.ts';
import { egressTo } from './testing/egress-to.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { startTamperingProvider, type Tampering, type TamperingProvider } from './testing/tampering-provider.ts';
import { UserAgent } from '@gatehouse/testing/user-agent';

const callbackUrl = 'https://portal.example.test/api/callback';
const egress = egressTo('127.0.0.1');
const here = { callbackUrl, metadataUrl: '', egress, now: new Date() };
const TOLD = { preferred_username: 'john', email: 'john@example.test', name: 'John' };

let provider: TamperingProvider;
let config: OidcConfig;
beforeAll(async () => {
  provider = await startTamperingProvider();
  const { issuer } = provider;
  config = LOGIN_OPTION_CONFIGS.oidc.parse({ issuer, client_id: 'portal', client_secret: 'a-secret' });
});
beforeEach(() => {
  provider.tamper = {};
});
afterAll(async () => {
  await provider?.[Symbol.asyncDispose]();
  await egress.close();
});

/**
 * Signs in at a provider that behaves correctly until the browser returns. `forget`: the value that the browser lost.
 */
async function signIn(tamper: Tampering, forget = ''): Promise<VerifiedClaims> {
  const { url, begun } = await oidc.begin(config, here);
  const { url: back } = await new UserAgent(callbackUrl).open(url);
  provider.tamper = tamper;
  Reflect.deleteProperty(begun, forget);
  return oidc.finish(config, here, { begun, answer: new URL(back).searchParams });
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part = ''): Record<string, unknown> => {
  const found: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  return typeof found === 'object' ? { ...found } : {};
};
type SignedToken = { header: Record<string, unknown>; sign: (content: string) => string };
/** Keeps the claims of the token, but replaces its header and signature. */
const resigned =
  ({ header, sign }: SignedToken) =>
  (token: string): string => {
    const [first, payload = ''] = token.split('.');
    const content = `${encode({ ...decode(first), ...header })}.${payload}`;
    return `${content}.${sign(content)}`;
  };
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const byStranger = (content: string): string => createSign('sha256').update(content).sign(stranger, 'base64url');
const hmac = (key: string) => (content: string) => createHmac('sha256', key).update(content).digest('base64url');
const modulus = (): string => String(provider.server.issuer.keys.toJSON()[0]?.['n']);
const publicPem = (): string => {
  const key = createPublicKey({ key: { kty: 'RSA', n: modulus(), e: 'AQAB' }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
};
const asForm = (body: object = {}): URLSearchParams =>
  new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]));
const now = (): number => Math.floor(Date.now() / 1000);
const offers = (...algorithms: string[]) => ({ id_token_signing_alg_values_supported: ['RS256', ...algorithms] });

test.each([' alice', 'alice\u00A0', 'alice\uFEFF', 'Alice', 'é', 'e\u0301'])(
  'keeps the subject %j unchanged',
  async (sub) => {
    await expect(signIn({ claims: { ...TOLD, sub } })).resolves.toMatchObject({ subject: sub });
  },
);

test('accepts claims from the ID token and from the userinfo endpoint', async () => {
  await expect(signIn({ claims: TOLD })).resolves.toMatchObject({ subject: 'johndoe', username: 'john', name: 'John' });
  const apart = await signIn({ claims: { name: 'John' }, userinfo: { ...TOLD, email_verified: true, name: 'Jim' } });
  expect(apart).toMatchObject({ username: 'john', email: 'john@example.test', emailVerified: true, name: 'John' });
});

describe('rejects an ID token', () => {
  test.each<[string, () => Tampering]>([
    ['signed with an unknown key', () => ({ rewrite: resigned({ header: {}, sign: byStranger }) })],
    [
      'signed with a key that is not published',
      () => ({ rewrite: resigned({ header: { kid: 'x' }, sign: byStranger }) }),
    ],
    [
      'with a key in its own header',
      () => {
        const jwk = createPublicKey(stranger).export({ format: 'jwk' });
        return { rewrite: resigned({ header: { jwk, kid: undefined }, sign: byStranger }) };
      },
    ],
    ['with its signature cut off', () => ({ rewrite: (token) => token.replace(/[^.]*$/, '') })],
    [
      'with one claim changed',
      () => ({
        rewrite: (token) => {
          const [header = '', payload, signature = ''] = token.split('.');
          return [header, encode({ ...decode(payload), sub: 'admin' }), signature].join('.');
        },
      }),
    ],
    ['with alg none', () => ({ rewrite: resigned({ header: { alg: 'none' }, sign: () => '' }) })],
    [
      'with alg none, even if the provider offers it',
      () => ({
        metadata: offers('none'),
        rewrite: resigned({ header: { alg: 'none' }, sign: () => '' }),
      }),
    ],
    [
      'with HS256, keyed with the public key',
      () => ({
        metadata: offers('HS256'),
        rewrite: resigned({ header: { alg: 'HS256' }, sign: hmac(publicPem()) }),
      }),
    ],
    [
      'with HS256, keyed with the modulus',
      () => ({
        metadata: offers('HS256'),
        rewrite: resigned({ header: { alg: 'HS256' }, sign: hmac(modulus()) }),
      }),
    ],
    [
      'with HS256, keyed with the client secret',
      () => ({
        metadata: offers('HS256'),
        rewrite: resigned({ header: { alg: 'HS256' }, sign: hmac('a-secret') }),
      }),
    ],
    [
      'with an algorithm that the provider does not offer',
      () => ({
        rewrite: resigned({ header: { alg: 'PS256' }, sign: byStranger }),
      }),
    ],
    ['of another issuer', () => ({ claims: { iss: 'https://other.example.test' } })],
    ['of the issuer with a trailing slash', () => ({ claims: { iss: `${provider.issuer}/` } })],
    ['for another client', () => ({ claims: { aud: 'other' } })],
    ['for this client and another', () => ({ claims: { aud: ['portal', 'other'] } })],
    ['issued to another client', () => ({ claims: { azp: 'other' } })],
    ['for two clients, issued to the other', () => ({ claims: { aud: ['portal', 'other'], azp: 'other' } })],
    ['without an audience', () => ({ claims: { aud: undefined } })],
    ['that has expired', () => ({ claims: { exp: now() - 60 } })],
    ['that never expires', () => ({ claims: { exp: undefined } })],
    ['that is not valid yet', () => ({ claims: { nbf: now() + 60 } })],
    ['with another nonce', () => ({ claims: { nonce: 'other' } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['without a subject', () => ({ claims: { sub: undefined } })],
    ['with an empty subject', () => ({ claims: { sub: '' } })],
    ['with a numeric subject', () => ({ claims: { sub: 7 } })],
    ['with a control character in the subject', () => ({ claims: { sub: 'john\0doe' } })],
    ['with a subject that is too long', () => ({ claims: { sub: 'x'.repeat(256) } })],
    ['that is not a JWT', () => ({ rewrite: () => 'hello' })],
    ['that is missing', () => ({ rewrite: () => undefined })],
  ])('%s', async (_name, tampering) => {
    const tamper = tampering();
    const lie = signIn({ ...tamper, claims: { ...TOLD, ...tamper.claims } });
    await expectRefused(lie, 'invalid_answer', ['eyJ', 'a-secret', 'john']);
  });
});

test('rejects a response without the stored state, nonce or verifier, even if the provider checks neither nonce nor PKCE', async () => {
  for (const forgotten of ['state', 'nonce', 'verifier'])
    await expectRefused(signIn({ claims: { ...TOLD, nonce: undefined } }, forgotten), 'invalid_answer');
  await expectRefused(signIn({ claims: TOLD }, 'verifier'), 'invalid_answer');
});

test('sends the client secret in the form if the provider rejects it in the header', async () => {
  const { issuer, server } = provider;
  server.service.addRoute('POST', '/form', async ({ headers, body }, response) => {
    const isRefused = headers.authorization !== undefined;
    const answer = isRefused ? null : await fetch(`${issuer}/token`, { method: 'POST', body: asForm(body) });
    response.writeHead(answer?.status ?? 401, { 'content-type': 'application/json' });
    response.end((await answer?.text()) ?? '{"error":"invalid_client"}');
  });
  const metadata = { token_endpoint: `${issuer}/form` };
  await expect(signIn({ claims: TOLD, metadata })).resolves.toMatchObject({ subject: 'johndoe' });
  const basic = { ...metadata, token_endpoint_auth_methods_supported: ['client_secret_basic'] };
  await expectRefused(signIn({ claims: TOLD, metadata: basic }), 'wrong_client', ['a-secret']);
});

test('rejects userinfo with another or no subject, or with an error', async () => {
  await expectRefused(signIn({ userinfo: { ...TOLD, sub: 'admin' } }), 'invalid_answer', ['eyJ', 'john@']);
  await expectRefused(signIn({ userinfo: { ...TOLD, sub: undefined } }), 'invalid_answer', ['eyJ', 'john@']);
  provider.server.service.once(Events.BeforeUserinfo, (response: MutableResponse) => {
    response.statusCode = 503;
  });
  await expectRefused(signIn({}), 'unreachable', ['eyJ']);
});

test('accepts rotated keys immediately', async () => {
  const signedWith: unknown[] = [];
  const rewrite = (token: string): string => {
    signedWith.push(decode(token.split('.')[0])['kid']);
    return token;
  };
  await signIn({ claims: TOLD });
  await provider.server.issuer.keys.generate('RS256', { kid: 'second' });
  for (const _ of ['first', 'second']) await signIn({ claims: TOLD, rewrite });
  expect(signedWith).toContain('second');
});

describe('does not connect to a forbidden address for', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  let forbidden = '';
  beforeAll(async () => {
    forbidden = `http://127.0.0.2:${await listen(server, '127.0.0.2')}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each(['token_endpoint', 'jwks_uri', 'userinfo_endpoint'])('the %s', async (endpoint) => {
    await expectRefused(signIn({ metadata: { [endpoint]: forbidden } }), 'address_not_allowed', ['a-secret', 'eyJ']);
    expect(asked).toEqual([]);
    expect(await (await fetch(forbidden)).text()).toBe('{}');
    asked.length = 0;
  });

  test('the issuer', async () => {
    await expectRefused(oidc.begin({ ...config, issuer: forbidden }, here), 'address_not_allowed');
    expect(asked).toEqual([]);
  });
});

test('rejects a provider whose issuer differs from its address', async () => {
  provider.tamper = { metadata: { issuer: 'https://other.example.test' } };
  await expectRefused(oidc.begin(config, here), 'misconfigured');
  provider.tamper = { metadata: { issuer: `${provider.issuer}/` } };
  await expectRefused(oidc.begin(config, here), 'misconfigured');
});

test('redirects the browser only to http and https URLs', async () => {
  provider.tamper = { metadata: { authorization_endpoint: 'javascript:alert(1)' } };
  await expectRefused(oidc.begin(config, here), 'misconfigured');
});
