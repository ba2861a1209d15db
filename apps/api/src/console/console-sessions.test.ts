import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from '../testing/api-test.ts';
import { activeOperator, PASSWORD, signInToConsole } from '../testing/console-visitor.ts';
import { jsonOf } from '../testing/serve.ts';

const PUBLIC_URL = 'https://gatehouse.example';
const env = { PUBLIC_URL, TRUST_PROXY: '1' };

let gatehouse: ApiTest;
/** A second process of the same installation. */
let second: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest({ env });
  second = await apiTest({ env, databaseUrl: gatehouse.databaseUrl });
});
afterAll(async () => {
  await second[Symbol.asyncDispose]();
  await gatehouse[Symbol.asyncDispose]();
});

const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };
const call = (
  cookie: string,
  path: string,
  { on = gatehouse, ...init }: { on?: ApiTest; method?: string; json?: unknown; headers?: Record<string, string> } = {},
) => on.api(path, { token: '', ...init, headers: { ...OWN_PAGE, cookie, ...init.headers } });
const codeOf = async (response: Response) => [response.status, (await jsonOf(response))['code']];

describe('a console session', () => {
  test('is a cookie that scripts, other hosts and other sites cannot use, and nothing else', async () => {
    const answer = await gatehouse.api('/api/console/login_with_token', { token: '', json: { token: ADMIN } });
    const [set = ''] = answer.headers.getSetCookie();
    expect(set).toMatch(
      /^__Host-gatehouse_console=gto_[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(await jsonOf(answer))).toEqual(['expires_at']);
    const [cookie = ''] = set.split(';', 1);
    const me = await call(cookie, '/api/operators/me');
    expect(await jsonOf(me)).toMatchObject({ kind: 'admin_token', name: 'bootstrap', operator: null });
    // The secret is not a bearer token.
    const secret = cookie.slice(cookie.indexOf('=') + 1);
    expect((await gatehouse.api('/api/operators/me', { token: secret })).status).toBe(401);
    expect(gatehouse.log()).not.toContain(secret);
  });

  test('counts only without a token', async () => {
    const cookie = await signInToConsole(gatehouse, { token: ADMIN });
    const token = await gatehouse.token(['portals:read']);
    const me = await gatehouse.api('/api/operators/me', { token, headers: { cookie } });
    expect(await jsonOf(me)).toMatchObject({ name: 'test' });
    const wrong = { authorization: 'Bearer wrong' };
    expect((await call(cookie, '/api/operators/me', { headers: wrong })).status).toBe(401);
  });

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://portal.gatehouse.example' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ])('changes nothing for a page of another site: %j', async (headers) => {
    const cookie = await signInToConsole(gatehouse, { token: ADMIN });
    const json = { name: 'Forged', slug: 'forged' };
    expect((await call(cookie, '/api/portals', { json, headers })).status).toBe(403);
    const byTrpc = await call(cookie, '/trpc/portals.create', { json, headers });
    expect(byTrpc.status).toBe(403);
    expect((await call(cookie, '/api/portals')).status).toBe(200);
  });

  test('is ended by signing out: a stolen cookie is refused', async () => {
    const { email } = await activeOperator(gatehouse, { role: 'owner' });
    const cookie = await signInToConsole(gatehouse, { email });
    expect((await call(cookie, '/api/portals')).status).toBe(200);
    const out = await call(cookie, '/api/console/logout', { json: {} });
    expect([out.status, out.headers.getSetCookie()[0]]).toEqual([
      204,
      expect.stringMatching(/^__Host-gatehouse_console=;/),
    ]);
    for (const path of ['/api/portals', '/trpc/portals.list', '/queues', '/metrics'])
      expect([path, (await call(cookie, path)).status]).toEqual([path, 401]);
  });

  test('of an operator who is disabled ends within a second in every process', async () => {
    const { id, email } = await activeOperator(gatehouse, { role: 'owner' });
    const cookie = await signInToConsole(gatehouse, { email });
    const read = async (on: ApiTest) => (await call(cookie, '/api/portals', { on })).status;
    expect([await read(gatehouse), await read(second)]).toEqual([200, 200]);
    await gatehouse.api(`/api/operators/${id}/disable`, { method: 'POST' });
    expect(await read(gatehouse)).toBe(401);
    await sleep(1000);
    expect(await read(second)).toBe(401);
  });

  test('does not count on the pages of portals, which are for developers', async () => {
    const cookie = await signInToConsole(gatehouse, { token: ADMIN });
    await gatehouse.api('/api/portals', { json: { name: 'Pages', slug: 'pages' } });
    const page = await call(cookie, '/portals/pages/account', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('location')]).toEqual([303, expect.stringContaining('/sign_in')]);
  });
});

describe('operators', () => {
  test('decide an approval once: the second gets 409, and the decision names the first', async () => {
    const portal = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'P', slug: 'decide' } }));
    const json = { username: 'ada', email: 'ada@example.org', password: PASSWORD };
    await gatehouse.api(`/api/portals/${String(portal['id'])}/auth/register`, { token: '', json });
    const people = [
      await activeOperator(gatehouse, { role: 'approver', portal_ids: [String(portal['id'])] }),
      await activeOperator(gatehouse, { role: 'manager' }),
    ];
    const cookies = await Promise.all(people.map(({ email }) => signInToConsole(gatehouse, { email })));
    const pending = await jsonOf(await call(cookies[0] ?? '', '/api/approvals?status=pending'));
    expect(pending).toMatchObject({ total: 1, list: [{ applicant_name: 'ada' }] });
    const id = /"id":"([\w-]+)"/.exec(JSON.stringify(pending))?.[1] ?? '';
    const decisions = await Promise.all(
      cookies.map((cookie, index) =>
        call(cookie, `/api/approvals/${id}/${index === 0 ? 'accept' : 'reject'}`, { json: {} }),
      ),
    );
    expect(decisions.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const winner = people[decisions.findIndex(({ status }) => status === 200)];
    const decided = await jsonOf(await gatehouse.api(`/api/approvals/${id}`));
    expect(decided).toMatchObject({ operator_id: winner?.id, operator_name: winner?.name });
  });

  test.each([
    ['viewer', [403, 403, 403]],
    ['approver', [403, 403, 404]],
    ['manager', [403, 403, 404]],
    ['owner', [201, 201, 404]],
  ] as const)('a %s makes operators, tokens and decisions as the role allows', async (role, statuses) => {
    const cookie = await signInToConsole(gatehouse, await activeOperator(gatehouse, { role }));
    const person = { name: 'New', email: `new-${role}@example.org`, role: 'viewer', portal_ids: null };
    const answers = [
      await call(cookie, '/api/operators', { json: person }),
      await call(cookie, '/api/tokens', { json: { kind: 'admin', name: 'new', scopes: ['portals:read'] } }),
      await call(cookie, '/api/approvals/0190f3a0-0000-7000-8000-000000000000/accept', { json: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });
});

describe('guessing', () => {
  const signIn = (email: string, { password = PASSWORD, address = '192.0.2.9' } = {}) =>
    gatehouse.api('/api/console/login', {
      token: '',
      json: { email, password },
      headers: { 'x-forwarded-for': address },
    });

  test('is limited by account and address, without locking the operator out elsewhere', async () => {
    const { email } = await activeOperator(gatehouse, { role: 'viewer' });
    for (let guess = 0; guess < 10; guess += 1)
      expect(await codeOf(await signIn(email, { password: 'a wrong password' }))).toEqual([401, 'invalid_login']);
    const limited = await signIn(email);
    expect([limited.status, Number(limited.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await signIn(email, { address: '198.51.100.7' })).status).toBe(200);
  });

  test('finds no difference between a wrong password and an unknown address', async () => {
    const { email } = await activeOperator(gatehouse, { role: 'viewer' });
    const wrong = { password: 'a wrong password', address: '203.0.113.5' };
    const problemOf = async (to: string) => ({ ...(await jsonOf(await signIn(to, wrong))), request_id: '' });
    expect(await problemOf(email)).toEqual(await problemOf('unknown@example.org'));
  });
});
