import { startOidcProvider, type OidcPeer } from '@gatehouse/testing/oidc-provider';
import { formWith, UserAgent, type Page } from '@gatehouse/testing/user-agent';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

let api: ApiTest;
let provider: OidcPeer;
let portal: string;
let option: string;
/** The portal's own front end. */
let frontEnd: string;

const optionPath = (what = ''): string => `/api/portals/${portal}/login_options/${option}${what}`;
const ssoPath = (what: string): string => `/api/portals/${portal}/auth/sso/${option}/${what}`;

async function newOption(): Promise<{ id: string; callbackUrl: string }> {
  const made = await jsonOf(
    await api.api(`/api/portals/${portal}/login_options`, {
      json: {
        name: 'Company',
        provider_type: 'oidc',
        config: { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x', root_url: api.url },
      },
    }),
  );
  return { id: String(made['id']), callbackUrl: String(Reflect.get(Object(made['config']), 'callback_url')) };
}

beforeAll(async () => {
  api = await apiTest({ env: { RATE_LIMITS: 'off' } });
  frontEnd = `${api.url}/front`;
  const { id } = await jsonOf(
    await api.api('/api/portals', { json: { name: 'Portal', slug: 'sso', public_url: frontEnd } }),
  );
  portal = String(id);
  const made = await newOption();
  option = made.id;
  provider = await startOidcProvider({ callbackUrl: made.callbackUrl });
  const { issuer, client } = provider;
  await api.api(optionPath(), { method: 'PATCH', json: { config: { issuer, ...client } } });
});
afterAll(async () => {
  await provider?.[Symbol.asyncDispose]();
  await api?.[Symbol.asyncDispose]();
});

let browser: UserAgent;
beforeEach(() => {
  browser = new UserAgent(frontEnd);
});

/** Signs in through the provider's forms, and follows redirects to the portal's front end. */
async function signIn(username: string, query = '', by = browser): Promise<Page> {
  const login = formWith(await by.open(`${api.url}${ssoPath('login')}${query}`), 'login');
  const consent = await by.submit(login, { login: username, password: 'any' });
  return by.submit(formWith(consent, 'prompt'));
}

const cookiesOf = (by: UserAgent): string =>
  [...by.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
const cookieOf = (by: UserAgent, name: string) => [...by.cookies.values()].find((one) => one.name === name)?.value;
const me = async (by = browser): Promise<unknown> => JSON.parse((await by.open(`${api.url}/api/me`)).body);

/** Signs in at the provider, and returns the callback URL without opening it. */
async function answerFor(username: string, by: UserAgent): Promise<string> {
  const outside = new UserAgent(`${api.url}${ssoPath('callback')}`);
  const begun = await fetch(`${api.url}${ssoPath('login')}`, { redirect: 'manual' });
  const [pair = ''] = (begun.headers.getSetCookie()[0] ?? '').split(';');
  const [name = '', value = ''] = pair.split('=');
  by.cookies.set(name, { host: new URL(api.url).host, path: '/', name, value });
  const login = formWith(await outside.open(begun.headers.get('location') ?? ''), 'login');
  const consent = await outside.submit(login, { login: username, password: 'any' });
  return (await outside.submit(formWith(consent, 'prompt'))).url;
}

test('signs a person in at the provider, redirects to the front end, and creates a session', async () => {
  const arrived = await signIn('alice', `?return_to=${encodeURIComponent('/front/apps?x=1')}`);
  expect(arrived.url).toBe(`${frontEnd}/apps?x=1`);
  expect(await me()).toMatchObject({
    username: 'alice',
    name: 'Alice Ärger',
    email: 'alice@example.test',
    email_verified: true,
    provider: 'sso',
    state: 'Active',
  });
  const events = await jsonOf(await api.api(`/api/audit_events?portal_id=${portal}&page_size=2`));
  expect(events['list']).toMatchObject([
    { name: 'session.created', actor: { kind: 'developer' }, context: { address: '127.0.0.1' } },
    { name: 'developer.registered', actor: { kind: 'developer' }, context: { address: '127.0.0.1' } },
  ]);
});

test('ends the previous session of the browser at a new sign-in', async () => {
  const by = new UserAgent(frontEnd);
  await signIn('alice', '', by);
  const token = cookieOf(by, 'gatehouse_session') ?? '';
  expect((await api.api('/api/me', { token })).status).toBe(200);
  await by.open(`${api.url}${ssoPath('login')}`);
  expect(cookieOf(by, 'gatehouse_session')).not.toBe(token);
  expect((await api.api('/api/me', { token })).status).toBe(401);
});

test('stores the state of a sign-in in the browser, encrypted and inaccessible to scripts', async () => {
  const begun = await fetch(`${api.url}${ssoPath('login')}`, { redirect: 'manual' });
  expect(begun.status).toBe(303);
  expect(begun.headers.get('cache-control')).toBe('no-store');
  const to = new URL(begun.headers.get('location') ?? '');
  expect(to.origin).toBe(provider.issuer);
  expect(Object.fromEntries(to.searchParams)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256' });
  const [cookie = ''] = begun.headers.getSetCookie();
  expect(cookie).toMatch(
    /^gatehouse_sso_[\w-]{22}=[^;]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
  for (const name of ['state', 'nonce']) expect(cookie).not.toContain(to.searchParams.get(name));
});

test('accepts a response once, and only in the browser that started the sign-in', async () => {
  const victim = new UserAgent(frontEnd);
  const url = await answerFor('alice', victim);
  const stranger = await new UserAgent(frontEnd).open(url);
  expect(stranger.url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  const other = new UserAgent(frontEnd);
  await answerFor('bob', other);
  expect((await other.open(url)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  const kept = new Map(victim.cookies);
  expect((await victim.open(url)).url).toBe(frontEnd);
  const again = new UserAgent(frontEnd);
  for (const [key, cookie] of kept) again.cookies.set(key, cookie);
  expect((await again.open(url)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
});

test('ignores cookies of another login option, changed cookies and expired ones', async () => {
  const url = await answerFor('alice', browser);
  const { id } = await newOption();
  const elsewhere = await browser.open(url.replace(option, id));
  expect(elsewhere.url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  const changed = new UserAgent(frontEnd);
  const asked = await answerFor('alice', changed);
  for (const [key, cookie] of changed.cookies) changed.cookies.set(key, { ...cookie, value: `${cookie.value}x` });
  expect((await changed.open(asked)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
});

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://user@127.0.0.1',
  ' https://evil.example',
  'ht\ttps://evil.example',
  'http://[',
])('rejects a return_to outside the portal: %s', async (given) => {
  const answer = await fetch(`${api.url}${ssoPath('login')}?return_to=${encodeURIComponent(given)}`, {
    redirect: 'manual',
  });
  expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({ status: 422, location: null });
  expect(await jsonOf(answer)).toMatchObject({ errors: [{ path: '?return_to' }] });
});

test('rejects a return_to that is too long for a cookie, and accepts the longest one that fits', async () => {
  const at = (length: number): string => `/front?q=${'x'.repeat(length - frontEnd.length - 3)}`;
  const tooLong = await api.api(`${ssoPath('login')}?return_to=${encodeURIComponent(at(1001))}`, { token: '' });
  expect(tooLong.status).toBe(422);
  const begun = await api.api(`${ssoPath('login')}?return_to=${encodeURIComponent(at(1000))}`, { token: '' });
  expect(begun.status).toBe(303);
  expect(begun.headers.getSetCookie()[0]?.length).toBeLessThan(4096);
});

test('accepts only navigations', async () => {
  const step = (headers: Record<string, string>, method = 'GET') =>
    api.api(ssoPath('login'), { token: '', headers, method });
  for (const destination of ['image', 'empty', 'iframe', 'script'])
    expect((await step({ 'sec-fetch-dest': destination })).status).toBe(403);
  expect((await step({ 'sec-fetch-dest': 'document' })).status).toBe(303);
  expect((await step({}, 'HEAD')).status).toBe(405);
  const url = await answerFor('alice', browser);
  const looked = await fetch(url, { method: 'HEAD', headers: { cookie: cookiesOf(browser) }, redirect: 'manual' });
  expect({ status: looked.status, cookies: looked.headers.getSetCookie() }).toEqual({ status: 405, cookies: [] });
  expect((await browser.open(url)).url).toBe(frontEnd);
});

test('ignores a response for another login option', async () => {
  const url = await answerFor('alice', browser);
  const { id } = await newOption();
  expect((await browser.open(url.replace(option, id))).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  expect((await browser.open(url)).url).toBe(frontEnd);
});

test('asks for another username if it is taken, and continues the sign-in', async () => {
  await api.api(`/api/portals/${portal}/developers/invites`, {
    json: { username: 'bob', password: 'correct horse battery staple' },
  });
  const asked = await signIn('bob');
  const query = `login_option_id=${option}&sign_in=[\\w-]{22}&error=username_needed`;
  expect(asked.url).toMatch(new RegExp(`^${frontEnd}/choose_username\\?${query}$`));
  const choose = (new_username: string, headers: Record<string, string> = { origin: api.url }) =>
    browser.open(`${api.url}${ssoPath('username')}`, {
      method: 'POST',
      body: new URLSearchParams({ new_username }),
      headers,
    });
  expect((await choose('bobby', { origin: 'https://evil.example' })).status).toBe(403);
  expect((await choose('bob')).url).toContain('error=username_needed');
  expect((await choose('')).url).toContain('error=invalid_input');
  expect((await choose('bobby')).url).toBe(frontEnd);
  expect(await me()).toMatchObject({ username: 'bobby', email: 'bob@example.test', email_verified: false });
  const other = new UserAgent(frontEnd);
  await signIn('bob', '', other);
  expect(await me(other)).toMatchObject({ username: 'bobby' });
});

test('redirects a declined or refused person to the sign-in page with the reason', async () => {
  const login = formWith(await browser.open(`${api.url}${ssoPath('login')}`), 'login');
  const consent = await browser.submit(login, { login: 'alice', password: 'any' });
  const abort = /href="([^"]*\/abort)"/.exec(consent.body)?.[1] ?? '';
  expect((await browser.open(new URL(abort, consent.url).href)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  const ref = await jsonOf(await api.api(`/api/portals/${portal}/developers?search=alice`));
  const [{ developer_id }] = Object(ref['list']);
  await api.api(`/api/portals/${portal}/developers/${developer_id}/suspend`, { method: 'POST' });
  const suspended = await signIn('alice', '', new UserAgent(frontEnd));
  expect(suspended.url).toBe(`${frontEnd}/sign_in?error=developer_not_active`);
  await api.api(`/api/portals/${portal}/developers/${developer_id}/reactivate`, { method: 'POST' });
});

test('responds with 404 for a disabled or unknown login option', async () => {
  const made = await newOption();
  const at = (id: string, what = 'login') => api.api(`/api/portals/${portal}/auth/sso/${id}/${what}`, { token: '' });
  expect((await at(made.id)).headers.get('location')).toBe(`${frontEnd}/sign_in?error=dependency_down`);
  await api.api(`/api/portals/${portal}/login_options/${made.id}`, { method: 'PATCH', json: { disable: true } });
  for (const id of [made.id, 'none', portal]) expect((await at(id)).status).toBe(404);
  expect((await at(option, 'metadata')).status).toBe(404);
  const form = await api.api(ssoPath('login'), { token: '', json: { username: 'alice', password: 'x' } });
  expect(form.status).toBe(404);
});

test('tests a login option without a person, and reports problems', async () => {
  const good = await jsonOf(await api.api(optionPath('/test'), { method: 'POST' }));
  expect(good).toMatchObject({ ok: true });
  await api.api(optionPath(), { method: 'PATCH', json: { config: { client_secret: 'tried-in-vain' } } });
  const wrong = await jsonOf(await api.api(optionPath('/test'), { method: 'POST' }));
  expect(wrong).toMatchObject({ ok: false });
  expect(wrong['checks']).toContainEqual(expect.objectContaining({ name: 'client', status: 'failed' }));
  expect(JSON.stringify(wrong)).not.toContain('tried-in-vain');
  const { client_secret } = provider.client;
  await api.api(optionPath(), { method: 'PATCH', json: { config: { client_secret } } });
});

test('logs failures with their reason, and without secrets', () => {
  const log = api.log();
  expect(log).toContain('identity provider sign-in failed');
  expect(log).not.toContain(provider.client.client_secret);
  for (const parameter of ['code=', 'state=', 'gts_', ADMIN]) expect(log).not.toContain(parameter);
});

test('redirects to the sign-in page at the rate limit', async () => {
  await using limited = await apiTest({ databaseUrl: api.databaseUrl });
  const begin = (address: string) =>
    limited.api(ssoPath('login'), { token: '', headers: { 'x-forwarded-for': address } });
  for (let step = 0; step < 120; step += 1) await begin('');
  const answer = await begin('');
  expect(answer.headers.get('location')).toBe(`${frontEnd}/sign_in?error=rate_limited`);
  expect((await limited.api(ssoPath('metadata'), { token: '' })).status).toBe(404);
});
