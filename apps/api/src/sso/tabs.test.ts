import { startOidcProvider, type OidcPeer } from '@gatehouse/testing/oidc-provider';
import { formWith, UserAgent, type Page } from '@gatehouse/testing/user-agent';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

type SignInTarget = { portal: string; option: string; frontEnd: string };

let api: ApiTest;
let sql: pg.Client;
const providers = new AsyncDisposableStack();
let home: SignInTarget;
/** Another login option of the same portal. */
let second: SignInTarget;
let otherPortal: SignInTarget;

const at = ({ portal, option }: SignInTarget, what: string): string =>
  `${api.url}/api/portals/${portal}/auth/sso/${option}/${what}`;

async function newPortal(slug: string): Promise<{ portal: string; frontEnd: string }> {
  const frontEnd = `${api.url}/${slug}`;
  const { id } = await jsonOf(await api.api('/api/portals', { json: { name: slug, slug, public_url: frontEnd } }));
  return { portal: String(id), frontEnd };
}

async function newOption(target: { portal: string; frontEnd: string }): Promise<SignInTarget> {
  const options = `/api/portals/${target.portal}/login_options`;
  const config = { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x', root_url: api.url };
  const json = { name: 'Company', provider_type: 'oidc', config };
  const { id } = await jsonOf(await api.api(options, { json }));
  const made = { ...target, option: String(id) };
  const { issuer, client }: OidcPeer = providers.use(await startOidcProvider({ callbackUrl: at(made, 'callback') }));
  const patch = { config: { issuer, ...client } };
  await api.api(`${options}/${made.option}`, { method: 'PATCH', json: patch });
  return made;
}

beforeAll(async () => {
  api = await apiTest({ env: { RATE_LIMITS: 'off' } });
  sql = new pg.Client({ connectionString: api.databaseUrl });
  await sql.connect();
  home = await newOption(await newPortal('front'));
  second = await newOption(home);
  otherPortal = await newOption(await newPortal('other'));
});
afterAll(async () => {
  await providers.disposeAsync();
  await sql?.end();
  await api?.[Symbol.asyncDispose]();
});

let browser: UserAgent;
beforeEach(() => {
  browser = new UserAgent(`${api.url}/front`);
});

const names = (): string[] => [...browser.cookies.values()].map(({ name }) => name);
const kept = (): string[] => names().filter((name) => name.startsWith('gatehouse_sso'));
const session = (): string =>
  [...browser.cookies.values()].find(({ name }) => name === 'gatehouse_session')?.value ?? '';
const isAlive = async (token: string): Promise<boolean> => (await api.api('/api/me', { token })).status === 200;
const refused = ({ frontEnd }: SignInTarget): string => `${frontEnd}/sign_in?error=sign_in_refused`;

/**
 * A tab that has started a sign-in. `answer` signs in at the provider and returns the callback URL without opening it.
 */
async function tab(target = home, return_to = target.frontEnd) {
  const agent = new UserAgent(at(target, 'callback'), browser.cookies);
  let page = await agent.open(`${at(target, 'login')}?return_to=${encodeURIComponent(return_to)}`);
  return {
    async answer(username = 'alice'): Promise<string> {
      // A provider that remembers the person or the consent skips that form.
      for (const typed of [{ login: username, password: 'any' }, {}])
        if (!page.stopped) page = await agent.submit(formWith(page, 'prompt'), typed);
      return page.url;
    },
  };
}
const comeBack = (url: string, { frontEnd } = home): Promise<Page> =>
  new UserAgent(frontEnd, browser.cookies).open(url);

test('finishes three tabs in reverse order, each at its own page, and leaves one session', async () => {
  const tabs = [await tab(home, '/front/1'), await tab(home, '/front/2'), await tab(home, '/front/3')];
  const sessions: string[] = [];
  for (const [index, one] of [...tabs.entries()].toReversed()) {
    expect((await comeBack(await one.answer())).url).toBe(`${home.frontEnd}/${String(index + 1)}`);
    sessions.push(session());
  }
  expect(new Set(sessions).size).toBe(3);
  expect(await Promise.all(sessions.map(isAlive))).toEqual([false, false, true]);
});

test.each(['error=access_denied', 'error=access_denied&state=x', 'code=x&state=x', 'state=', 'code=x', ''])(
  'leaves a sign-in unchanged after a stray callback with "%s"',
  async (query) => {
    const one = await tab();
    expect((await comeBack(`${at(home, 'callback')}?${query}`)).url).toBe(refused(home));
    expect((await comeBack(await one.answer())).url).toBe(home.frontEnd);
  },
);

test('ends only its own sign-in after a refusal', async () => {
  const [one, other] = [await tab(), await tab()];
  const url = new URL(await one.answer());
  url.searchParams.delete('code');
  url.searchParams.set('error', 'access_denied');
  expect((await comeBack(url.href)).url).toBe(refused(home));
  expect(kept()).toHaveLength(1);
  expect((await comeBack(await other.answer())).url).toBe(home.frontEnd);
});

test('repeats the redirect of a reloaded callback while its session is alive', async () => {
  const url = await (await tab(home, '/front/apps')).answer();
  expect((await comeBack(url)).url).toBe(`${home.frontEnd}/apps`);
  const token = session();
  for (const again of [url, `${at(home, 'callback')}?state=${new URL(url).searchParams.get('state') ?? ''}`])
    expect((await comeBack(again)).url).toBe(`${home.frontEnd}/apps`);
  expect(session()).toBe(token);
  await api.api(`/api/portals/${home.portal}/auth/logout`, { method: 'POST', token });
  expect((await comeBack(url)).url).toBe(refused(home));
  // This sign-in did not create the browser's other session.
  await comeBack(await (await tab()).answer());
  expect((await comeBack(url)).url).toBe(refused(home));
});

test('creates one session for concurrent callbacks, and redirects all of them', async () => {
  const url = await (await tab(home, '/front/apps')).answer();
  const cookies = new Map(browser.cookies);
  const clicks = [1, 2, 3].map(() => new UserAgent(home.frontEnd, new Map(cookies)));
  // The first request is blocked until the others have arrived.
  await sql.query('begin');
  await sql.query('select 1 from login_option where id = $1 for update', [home.option]);
  const opened = clicks.map((click) => click.open(url));
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  try {
    // A transaction caches the statistics of its first read until this call.
    const held = async () =>
      (await sql.query('select pg_stat_clear_snapshot()')) && (await sql.query(waiting)).rowCount;
    await expect.poll(held, { timeout: 10_000 }).toBe(1);
    await tab();
  } finally {
    await sql.query('commit');
  }
  const pages = await Promise.all(opened);
  expect(pages.map((page) => page.url)).toEqual(Array(3).fill(`${home.frontEnd}/apps`));
  const sessions = clicks.flatMap((click) =>
    [...click.cookies.values()].filter(({ name }) => name === 'gatehouse_session'),
  );
  expect(new Set(sessions.map(({ value }) => value)).size).toBe(1);
  expect(sessions).toHaveLength(3);
});

test('redirects a second click that was sent before the first response and arrives late', async () => {
  const url = await (await tab(home, '/front/apps')).answer();
  const cookie = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
  const late = () => fetch(url, { headers: { cookie }, redirect: 'manual' });
  await comeBack(url);
  const answer = await late();
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect((await comeBack(new URL(answer.headers.get('location') ?? '', url).href)).url).toBe(`${home.frontEnd}/apps`);
  // A request with only the old cookie is rejected.
  expect((await new UserAgent(home.frontEnd).open(new URL(answer.headers.get('location') ?? '', url).href)).url).toBe(
    refused(home),
  );
});

test('drops the oldest sign-ins beyond the limit', async () => {
  const tabs = [];
  for (let index = 0; index < 7; index += 1) tabs.push(await tab(home, `/front/${String(index)}`));
  expect(kept()).toHaveLength(5);
  const ends = [];
  for (const one of tabs) ends.push((await comeBack(await one.answer())).url.replace(home.frontEnd, ''));
  const none = '/sign_in?error=sign_in_refused';
  expect(ends).toEqual([none, none, '/2', '/3', '/4', '/5', '/6']);
});

test('drops completed sign-ins before those in progress', async () => {
  const waiting = await tab();
  for (let index = 0; index < 6; index += 1) await comeBack(await (await tab()).answer());
  expect(kept()).toHaveLength(5);
  expect((await comeBack(await waiting.answer())).url).toBe(home.frontEnd);
});

test('limits the cookies of all sign-ins to 4 KB, whatever their return_to', async () => {
  const long = (index: number): string => `/front?${String(index)}${'x'.repeat(970 - home.frontEnd.length)}`;
  const tabs = [];
  for (let index = 0; index < 4; index += 1) tabs.push(await tab(home, long(index)));
  const sizes = [...browser.cookies.values()].map(({ name, value }) =>
    name.startsWith('gatehouse_sso') ? name.length + value.length : 0,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4096);
  expect((await comeBack((await tabs.at(-1)?.answer()) ?? '')).url).toBe(api.url + long(3));
});

test('keeps the sign-ins of two login options and two portals apart', async () => {
  const places = [home, second, otherPortal];
  const tabs = [await tab(home), await tab(second), await tab(otherPortal)];
  const urls = [];
  for (const [index, one] of tabs.entries()) urls.push(await one.answer(`person${String(index)}`));
  // A response for another login option is a stray callback.
  const misplaced = (urls[0] ?? '').replace(home.option, second.option);
  expect((await comeBack(misplaced, second)).url).toBe(refused(second));
  const ends = [];
  for (const [index, target] of places.entries()) ends.push((await comeBack(urls[index] ?? '', target)).url);
  const asked = /\/front\/choose_username\?/;
  expect(ends).toEqual([expect.stringMatching(asked), expect.stringMatching(asked), expect.stringMatching('/other/')]);
});

test('finishes the sign-in of each of two tabs that need a username', async () => {
  const urls = [await (await tab(home, '/front/a')).answer('xavier')];
  for (const [key, { host }] of browser.cookies) if (host !== new URL(api.url).host) browser.cookies.delete(key);
  urls.push(await (await tab(home, '/front/b')).answer('yvonne'));
  const pages = [];
  for (const url of urls) pages.push(new URL((await comeBack(url)).url));
  expect(new Set(pages.map(({ searchParams }) => searchParams.get('sign_in'))).size).toBe(2);
  // A reloaded callback asks for the username again.
  expect((await comeBack(urls[0] ?? '')).url).toBe(pages[0]?.href);
  const choose = (new_username: string, sign_in: string | null) =>
    new UserAgent(home.frontEnd, browser.cookies).open(at(home, 'username'), {
      method: 'POST',
      body: new URLSearchParams({ new_username, ...(sign_in === null ? {} : { sign_in }) }),
      headers: { origin: api.url },
    });
  const first = pages[0]?.searchParams.get('sign_in') ?? null;
  const pressed = await Promise.all([choose('xaver', first), choose('xaver', first)]);
  expect(pressed.map(({ url }) => url)).toEqual(Array(2).fill(`${home.frontEnd}/a`));
  expect(await jsonOf(await api.api('/api/me', { token: session() }))).toMatchObject({ username: 'xaver' });
  expect((await choose('xaver', first)).url).toBe(`${home.frontEnd}/a`);
  // Without `sign_in`, a front end means the newest sign-in.
  expect((await choose('yvette', null)).url).toBe(`${home.frontEnd}/b`);
  expect(await jsonOf(await api.api('/api/me', { token: session() }))).toMatchObject({ username: 'yvette' });
});

test('ignores cookies that the service did not create', async () => {
  const url = await (await tab()).answer();
  const host = new URL(api.url).host;
  for (const name of ['gatehouse_sso', 'gatehouse_sso_', 'gatehouse_sso_a"(b)', `gatehouse_sso_${'x'.repeat(22)}`])
    browser.cookies.set(`${host} / ${name}`, { host, path: '/', name, value: 's1.x.y.z' });
  await tab();
  expect(names()).not.toContain(`gatehouse_sso_${'x'.repeat(22)}`);
  expect((await comeBack(url)).url).toBe(home.frontEnd);
});
