import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

const PASSWORD = 'correct horse battery staple';
const PUBLIC_URL = 'https://gatehouse.example';

let gatehouse: ApiTest;
let portalId: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL, TRUST_PROXY: '1' } });
  const json = {
    name: 'P',
    slug: 'p',
    public_url: 'https://portal.example/start',
    settings: { registration_auto_approval: true },
  };
  portalId = String((await jsonOf(await gatehouse.api('/api/portals', { json })))['id']);
  for (const username of ['ada', 'bob', 'eve']) {
    const account = { username, email: `${username}@example.org`, password: PASSWORD };
    await gatehouse.api(`/api/portals/${portalId}/auth/register`, { token: '', json: account });
  }
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const codeOf = async (response: Response): Promise<unknown> => (await jsonOf(response))['code'];
const from = (address: string) => ({ 'x-forwarded-for': address });
const signIn = (username: string, { password = PASSWORD, address = '192.0.2.1' } = {}) =>
  gatehouse.api(`/api/portals/${portalId}/auth/login`, {
    token: '',
    json: { username, password },
    headers: from(address),
  });
const cookieOf = (response: Response): string => (response.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '';

describe('a session', () => {
  test('is a cookie that scripts and other hosts cannot read, or a bearer token', async () => {
    const answer = await signIn('ada');
    const [set = ''] = answer.headers.getSetCookie();
    const { token } = await jsonOf(answer);
    expect(set).toMatch(
      /^__Host-gatehouse_session=gts_[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const byCookie = await gatehouse.api('/api/me', { token: '', headers: { cookie: cookieOf(answer) } });
    const byToken = await gatehouse.api('/api/me', { token: String(token) });
    expect(await jsonOf(byCookie)).toEqual(await jsonOf(byToken));
    const called = { username: 'ada', state: 'Active' };
    expect(
      await jsonOf(await gatehouse.api('/api/me', { token: '', headers: { 'x-api-key': String(token) } })),
    ).toMatchObject(called);
  });

  test('by cookie allows changes only from a page of this service or the portal', async () => {
    const cookie = cookieOf(await signIn('ada'));
    const change = (headers: Record<string, string>) =>
      gatehouse.api('/api/me', { method: 'PATCH', token: '', json: { name: 'Ada' }, headers: { cookie, ...headers } });
    for (const origin of [PUBLIC_URL, 'https://portal.example']) expect((await change({ origin })).status).toBe(200);
    expect((await change({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect([headers, await codeOf(await change(headers))]).toEqual([headers, 'forbidden']);
    const logout = await gatehouse.api(`/api/portals/${portalId}/auth/logout`, {
      method: 'POST',
      token: '',
      headers: { cookie },
    });
    expect(logout.status).toBe(403);
    const byTrpc = (headers: Record<string, string>) =>
      gatehouse.api('/trpc/me.update', { token: '', json: { name: 'Ada' }, headers: { cookie, ...headers } });
    expect((await byTrpc({})).status).toBe(403);
    expect((await byTrpc({ origin: PUBLIC_URL })).status).toBe(200);
    // A page that knows the token is not a foreign page.
    const token = cookie.slice(cookie.indexOf('=') + 1);
    expect((await gatehouse.api('/api/me', { method: 'PATCH', token, json: { name: 'Ada' } })).status).toBe(200);
  });

  test('has a new token and cookie after the password has changed', async () => {
    const [given, chosen] = [PASSWORD, 'another horse battery staple'];
    const old = cookieOf(await signIn('ada'));
    const path = `/api/portals/${portalId}/auth/change_password`;
    const change = (json: object, headers: Record<string, string>) => gatehouse.api(path, { token: '', json, headers });
    const changed = await change(
      { current_password: given, new_password: chosen },
      { cookie: old, origin: PUBLIC_URL },
    );
    expect(changed.status).toBe(200);
    const cookie = cookieOf(changed);
    const { token } = await jsonOf(changed);
    expect(cookie).toBe(`__Host-gatehouse_session=${String(token)}`);
    const me = (headers: Record<string, string>) => gatehouse.api('/api/me', { token: '', headers });
    expect([(await me({ cookie: old })).status, (await me({ cookie })).status]).toEqual([401, 200]);
    const bearer = { authorization: `Bearer ${String(token)}` };
    expect((await change({ current_password: chosen, new_password: given }, bearer)).status).toBe(200);
    expect((await me(bearer)).status).toBe(401);
  });

  test('ends when the same browser signs in again', async () => {
    const cookie = cookieOf(await signIn('ada'));
    const again = await gatehouse.api(`/api/portals/${portalId}/auth/login`, {
      token: '',
      json: { username: 'ada', password: PASSWORD },
      headers: { cookie, origin: PUBLIC_URL },
    });
    const me = async (kept: string) =>
      (await gatehouse.api('/api/me', { token: '', headers: { cookie: kept } })).status;
    expect([await me(cookie), await me(cookieOf(again))]).toEqual([401, 200]);
  });

  test('that has ended is ignored, and its cookie does not prevent a sign-in', async () => {
    const cookie = cookieOf(await signIn('ada'));
    const out = await gatehouse.api(`/api/portals/${portalId}/auth/logout`, {
      method: 'POST',
      token: '',
      headers: { cookie, origin: PUBLIC_URL },
    });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-gatehouse_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect((await gatehouse.api('/api/me', { token: '', headers: { cookie } })).status).toBe(401);
    expect((await gatehouse.api('/api/me', { token: cookie.slice(cookie.indexOf('=') + 1) })).status).toBe(401);
    const again = await gatehouse.api('/trpc/auth.login', {
      token: '',
      json: { portal_id: portalId, username: 'ada', password: PASSWORD },
      headers: { cookie },
    });
    expect(again.status).toBe(200);
    expect(cookieOf(again)).toMatch(/^__Host-gatehouse_session=gts_/);
  });

  test('is not created by a streamed response, which can no longer set its cookie', async () => {
    const sessions = async (token: unknown) =>
      (await jsonOf(await gatehouse.api('/api/me/sessions', { token: String(token) })))['total'];
    const { token } = await jsonOf(await signIn('eve'));
    const before = await sessions(token);
    const streamed = await gatehouse.api('/trpc/auth.login?batch=1', {
      token: '',
      json: { 0: { portal_id: portalId, username: 'eve', password: PASSWORD } },
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    expect([streamed.status, await sessions(token)]).toEqual([400, before]);
  });

  test('cannot act on behalf of other developers', async () => {
    const { token } = await jsonOf(await signIn('ada'));
    const headers = { 'x-portal-developer-id': 'dev_00000000000000000000' };
    expect(await codeOf(await gatehouse.api('/api/applications', { token: String(token), headers }))).toBe(
      'malformed_request',
    );
  });
});

describe('guessing passwords', () => {
  test('of one account is stopped for its client, while the owner can sign in from elsewhere', async () => {
    const guess = () => signIn('bob', { password: 'wrong', address: '198.51.100.1' });
    const codes = await Promise.all(Array.from({ length: 10 }, async () => codeOf(await guess())));
    expect(new Set(codes)).toEqual(new Set(['invalid_login']));
    const refused = await guess();
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await signIn('BOB', { address: '198.51.100.1' })).status).toBe(429);
    expect((await signIn('bob', { address: '198.51.100.2' })).status).toBe(200);
    for (let n = 0; n < 25; n += 1) expect((await guess()).status).toBe(429);
    expect((await signIn('ada', { address: '198.51.100.1' })).status).toBe(200);
  });

  test('of many accounts is stopped for the client, which for IPv6 is a whole network', async () => {
    const guess = (n: number) =>
      signIn(`nobody-${String(n)}`, { password: 'wrong', address: `2001:db8::${n.toString(16)}` });
    for (let n = 0; n < 30; n += 1) expect((await guess(n)).status).toBe(401);
    expect((await guess(31)).status).toBe(429);
    expect((await signIn('eve', { address: '2001:db8:0:1::1' })).status).toBe(200);
  });

  test(
    'does not count correct passwords, even of accounts that cannot sign in, up to 60 in an hour',
    { timeout: 60_000 },
    async () => {
      const developers = `/api/portals/${portalId}/developers`;
      const invited = await gatehouse.api(`${developers}/invites`, {
        json: { username: 'mallory', password: PASSWORD },
      });
      const { developer_id } = await jsonOf(invited);
      await gatehouse.api(`${developers}/${String(developer_id)}/suspend`, { method: 'POST' });
      for (let n = 0; n < 12; n += 1) {
        expect((await signIn('eve', { address: '203.0.113.5' })).status).toBe(200);
        expect((await signIn('mallory', { address: '203.0.113.7' })).status).toBe(403);
      }
      for (let n = 12; n < 60; n += 1) expect((await signIn('eve', { address: '203.0.113.5' })).status).toBe(200);
      expect((await signIn('eve', { address: '203.0.113.5' })).status).toBe(429);
    },
  );

  test('of an open session is stopped, too', async () => {
    const { token } = await jsonOf(await signIn('eve', { address: '203.0.113.6' }));
    const guess = () =>
      gatehouse.api('/api/me', { method: 'DELETE', token: String(token), json: { password: 'wrong' } });
    for (let n = 0; n < 10; n += 1) expect(await codeOf(await guess())).toBe('wrong_password');
    expect(await codeOf(await guess())).toBe('rate_limited');
  });

  test('leaves lines in the log, and no password', () => {
    expect(gatehouse.log()).toContain('"error_code":"invalid_login"');
    expect(gatehouse.log()).toContain('"error_code":"rate_limited"');
    expect(gatehouse.log()).not.toContain(PASSWORD);
    expect(gatehouse.log()).not.toContain('gts_');
  });
});

test('mails can be requested 5 times an hour for a known or unknown address', async () => {
  for (const email of ['ada@example.org', 'nobody@example.org']) {
    const forget = (given: string) =>
      gatehouse.api(`/api/portals/${portalId}/auth/forgot_password`, {
        token: '',
        json: { email: given },
        headers: from('203.0.113.9'),
      });
    for (let n = 0; n < 5; n += 1) expect((await forget(email)).status).toBe(202);
    expect((await forget(email.toUpperCase())).status).toBe(429);
  }
});
