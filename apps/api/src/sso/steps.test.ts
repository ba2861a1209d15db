import { startOidcProvider, type OidcPeer } from '@gatehouse/testing/oidc-provider';
import { formWith, UserAgent, type Page } from '@gatehouse/testing/user-agent';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

let api: ApiTest;
let sql: pg.Client;
/** A concurrent connection. */
let other: pg.Client;
let provider: OidcPeer;
let portal: string;
let option: string;
let frontEnd: string;
const ssoPath = (what: string, id = option): string => `/api/portals/${portal}/auth/sso/${id}/${what}`;

async function newOption(provider_type: string, config: object): Promise<string> {
  const json = { name: 'Company', provider_type, config };
  return String((await jsonOf(await api.api(`/api/portals/${portal}/login_options`, { json })))['id']);
}
/** Returns the internal id. */
const invite = async (username: string): Promise<string> => {
  const json = { username, password: 'correct horse battery staple' };
  return String((await jsonOf(await api.api(`/api/portals/${portal}/developers/invites`, { json })))['id']);
};

beforeAll(async () => {
  api = await apiTest({ env: { RATE_LIMITS: 'off' } });
  sql = new pg.Client({ connectionString: api.databaseUrl });
  other = new pg.Client({ connectionString: api.databaseUrl });
  await Promise.all([sql.connect(), other.connect()]);
  frontEnd = `${api.url}/front`;
  const json = { name: 'Portal', slug: 'sso', public_url: frontEnd };
  portal = String((await jsonOf(await api.api('/api/portals', { json })))['id']);
  const placeholder = { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x', root_url: api.url };
  option = await newOption('oidc', placeholder);
  provider = await startOidcProvider({ callbackUrl: `${api.url}${ssoPath('callback')}` });
  const config = { issuer: provider.issuer, ...provider.client };
  await api.api(`/api/portals/${portal}/login_options/${option}`, { method: 'PATCH', json: { config } });
});
afterAll(async () => {
  await provider?.[Symbol.asyncDispose]();
  await Promise.all([sql?.end(), other?.end()]);
  await api?.[Symbol.asyncDispose]();
});

let browser: UserAgent;
beforeEach(() => {
  browser = new UserAgent(frontEnd);
});

const consentOf = async (username: string): Promise<Page> => {
  const login = formWith(await browser.open(`${api.url}${ssoPath('login')}`), 'login');
  return browser.submit(login, { login: username, password: 'any' });
};
const signIn = async (username: string): Promise<Page> => browser.submit(formWith(await consentOf(username), 'prompt'));
const choose = (new_username: string, headers: Record<string, string> = {}) =>
  browser.open(`${api.url}${ssoPath('username')}`, {
    method: 'POST',
    body: new URLSearchParams({ new_username }),
    headers: { origin: api.url, ...headers },
  });
const keeps = (name: string): boolean => [...browser.cookies.values()].some((cookie) => cookie.name.startsWith(name));

test('ends a sign-in with a refused response, and logs the reason', async () => {
  const consent = await consentOf('alice');
  expect(keeps('gatehouse_sso')).toBe(true);
  const abort = /href="([^"]*\/abort)"/.exec(consent.body)?.[1] ?? '';
  const refused = await browser.open(new URL(abort, consent.url).href);
  expect(refused.url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  expect(keeps('gatehouse_sso')).toBe(false);
  const lines = api
    .log()
    .split('\n')
    .filter((line) => line.includes('/auth/sso/') && line.includes('"error_code":"sign_in_refused"'));
  expect(lines).toHaveLength(1);
});

test('ends the sign-in after a username was chosen', async () => {
  await invite('bob');
  expect((await signIn('bob')).url).toContain('error=username_needed');
  expect(keeps('gatehouse_sso')).toBe(true);
  expect((await choose('bobby')).url).toBe(frontEnd);
  expect(keeps('gatehouse_session')).toBe(true);
  const taken = await choose('bobby2');
  expect(taken.url).toBe(frontEnd);
  expect(JSON.parse((await browser.open(`${api.url}/api/me`)).body)).toMatchObject({ username: 'bobby' });
});

test('accepts a username only from a form', async () => {
  // The provider sends only the subject.
  await signIn('carol');
  const asText = await choose('carola', { 'content-type': 'text/plain' });
  expect(asText.url).toContain('error=invalid_input');
  expect(keeps('gatehouse_session')).toBe(false);
  expect((await choose('carola')).url).toBe(frontEnd);
});

test('asks for another username if a concurrent registration takes it', async () => {
  const id = await invite('somebody');
  await other.query('begin');
  await other.query(`update developer set username = 'alice', username_key = 'alice' where id = $1`, [id]);
  const coming = signIn('alice');
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await sql.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1);
  await other.query('commit');
  expect((await coming).url).toMatch(/\/choose_username\?.*&error=username_taken$/);
  expect((await choose('alice2')).url).toBe(frontEnd);
});

test('responds with 404 for a provider without pages', async () => {
  const config = { host: 'ldap.example.org', port: 636, base_dn: 'dc=x', use_ssl: true };
  const directory = await newOption('ldap', config);
  const { list } = await jsonOf(await api.api(`/api/portals/${portal}/login_options?provider_type=built_in`));
  const [{ id: builtIn }] = Object(list);
  for (const id of [directory, String(builtIn)])
    for (const what of ['login', 'callback', 'metadata'])
      expect((await api.api(ssoPath(what, id), { token: '' })).status).toBe(404);
});
