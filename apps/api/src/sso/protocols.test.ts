import { ldapConfig } from '@gatehouse/testing/ldap-config';
import { type Llng, LLNG_PROGRAMS, startLlng } from '@gatehouse/testing/llng';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type Slapd, SLAPD_PROGRAMS, startSlapd } from '@gatehouse/testing/slapd';
import { OPEN_DN, PASSWORD } from '@gatehouse/testing/slapd-config';
import { makeTestCa, type TestCa } from '@gatehouse/testing/test-ca';
import { formWith, UserAgent } from '@gatehouse/testing/user-agent';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

let api: ApiTest;
let portal: string;
let frontEnd: string;
beforeAll(async () => {
  api = await apiTest({ env: { RATE_LIMITS: 'off' } });
  frontEnd = `${api.url}/front`;
  const json = { name: 'Portal', slug: 'sso', public_url: frontEnd };
  portal = String((await jsonOf(await api.api('/api/portals', { json })))['id']);
});
afterAll(() => api?.[Symbol.asyncDispose]());

async function newOption(provider_type: string, config: object) {
  const json = { name: 'Company', provider_type, config };
  const answer = await api.api(`/api/portals/${portal}/login_options`, { json });
  const { id, config: shown } = await jsonOf(answer);
  return {
    id: String(id),
    at: (what: string) => `/api/portals/${portal}/auth/sso/${String(id)}/${what}`,
    config: shown,
  };
}
type Option = Awaited<ReturnType<typeof newOption>>;

const tried = async ({ id }: Option, json: object = {}) =>
  jsonOf(await api.api(`/api/portals/${portal}/login_options/${id}/test`, { json }));
const change = (option: Option, config: object) =>
  api.api(`/api/portals/${portal}/login_options/${option.id}`, { method: 'PATCH', json: { config } });
const me = async (browser: UserAgent): Promise<unknown> => JSON.parse((await browser.open(`${api.url}/api/me`)).body);

describe.skipIf(!hasPrograms(...LLNG_PROGRAMS))('LemonLDAP::NG', { timeout: 60_000 }, () => {
  let llng: Llng;
  let saml: Option;
  let cas: Option;
  beforeAll(async () => {
    saml = await newOption('saml', { idp_metadata_url: 'https://127.0.0.1:1', root_url: api.url });
    cas = await newOption('cas', { url: 'https://127.0.0.1:1', root_url: api.url });
    const metadata = await api.api(saml.at('metadata'), { token: '' });
    llng = await startLlng({
      saml: { sps: [{ metadata: await metadata.text() }] },
      cas: { service: `${api.url}${cas.at('callback')}` },
    });
    await change(saml, {
      idp_metadata_url: `${llng.url}saml/metadata`,
      trust_email: true,
      attributes: { email: 'mail' },
    });
    await change(cas, { url: `${llng.url}cas` });
  }, 60_000);
  afterAll(() => llng?.[Symbol.asyncDispose]());

  test('signs a person in through SAML once', async () => {
    expect(await tried(saml)).toMatchObject({ ok: true });
    const metadata = await api.api(saml.at('metadata'), { token: '' });
    expect(metadata.headers.get('content-type')).toContain('application/samlmetadata+xml');
    const browser = new UserAgent(frontEnd);
    const begun = await browser.open(`${api.url}${saml.at('login')}`);
    const posted = await browser.submit(formWith(begun, 'password'), { user: 'dwho', password: 'dwho' });
    const form = formWith(posted, 'SAMLResponse');
    expect(form.action).toBe(`${api.url}${saml.at('callback')}`);
    const kept = new Map(browser.cookies);
    expect((await browser.submit(form)).url).toBe(frontEnd);
    expect(await me(browser)).toMatchObject({ username: 'dwho', email_verified: true, provider: 'sso' });
    const again = new UserAgent(frontEnd);
    for (const [key, cookie] of kept) again.cookies.set(key, cookie);
    expect((await again.submit(form)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
    const stranger = new UserAgent(frontEnd);
    expect((await stranger.submit(form)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  });

  test('ends the previous session of the browser, although the form of another site does not send its cookie', async () => {
    const browser = new UserAgent(frontEnd);
    const signIn = async (user: string) => {
      const page = await browser.open(`${api.url}${saml.at('login')}`);
      const posted = await browser.submit(formWith(page, 'password'), { user, password: user });
      const session = [...browser.cookies].find(([, { name }]) => name === 'gatehouse_session');
      // Browsers do this for SameSite=Lax.
      if (session) browser.cookies.delete(session[0]);
      await browser.submit(formWith(posted, 'SAMLResponse'));
      return [...browser.cookies.values()].find(({ name }) => name === 'gatehouse_session')?.value ?? '';
    };
    const first = await signIn('msmith');
    for (const [key, { host }] of browser.cookies) if (host !== new URL(api.url).host) browser.cookies.delete(key);
    expect((await api.api('/api/me', { token: first })).status).toBe(200);
    const second = await signIn('dwho');
    expect(
      await Promise.all([first, second].map(async (token) => (await api.api('/api/me', { token })).status)),
    ).toEqual([401, 200]);
  });

  /** A tab that has signed in at the provider and has not come back yet. */
  async function tab(browser: UserAgent, option: Option, return_to: string) {
    const agent = new UserAgent(`${api.url}${option.at('callback')}`, browser.cookies);
    const begun = await agent.open(`${api.url}${option.at('login')}?return_to=${return_to}`);
    const isSignedIn = begun.stopped || begun.body.includes('SAMLResponse');
    const page = isSignedIn
      ? begun
      : await agent.submit(formWith(begun, 'password'), { user: 'dwho', password: 'dwho' });
    return () => (page.stopped ? browser.open(page.url) : browser.submit(formWith(page, 'SAMLResponse')));
  }
  const stray = (browser: UserAgent, option: Option, field: string) => {
    const body = new URLSearchParams({ [field]: 'x', SAMLResponse: 'x' });
    const sent = field === 'RelayState' ? { method: 'POST', body } : {};
    return browser.open(`${api.url}${option.at('callback')}?error=access_denied&${field}=x&ticket=ST-x`, sent);
  };

  test.each(['saml', 'cas'])('finishes three %s tabs in reverse order, despite stray callbacks', async (protocol) => {
    const [option, field] = protocol === 'saml' ? [saml, 'RelayState'] : [cas, 'state'];
    const browser = new UserAgent(frontEnd);
    const tabs = [];
    for (const name of ['a', 'b', 'c']) tabs.push(await tab(browser, option, `/front/${name}`));
    const ends = [];
    for (const comeBack of tabs.toReversed()) {
      expect((await stray(browser, option, field)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
      ends.push((await comeBack()).url);
      ends.push((await comeBack()).url);
    }
    if (protocol === 'saml') expect(ends).toEqual(['c', 'c', 'b', 'b', 'a', 'a'].map((end) => `${frontEnd}/${end}`));
    // The account created through SAML has this username.
    else for (const end of ends) expect(end).toMatch(/choose_username.*sign_in=[\w-]{22}&error=username_needed$/);
    expect(new Set(ends).size).toBe(3);
  });

  test('leaves one session after two SAML tabs, although the form of another site does not send its cookie', async () => {
    const browser = new UserAgent(frontEnd);
    const tabs = [await tab(browser, saml, '/front'), await tab(browser, saml, '/front')];
    const tokens = [];
    for (const comeBack of tabs) {
      const session = [...browser.cookies].find(([, { name }]) => name === 'gatehouse_session');
      if (session) browser.cookies.delete(session[0]);
      await comeBack();
      tokens.push([...browser.cookies.values()].find(({ name }) => name === 'gatehouse_session')?.value ?? '');
    }
    const alive = tokens.map(async (token) => (await api.api('/api/me', { token })).status);
    expect(await Promise.all(alive)).toEqual([401, 200]);
  });

  test('signs a person in at a provider that accepts only POST', async () => {
    const metadata = await (await fetch(`${llng.url}saml/metadata`)).text();
    const idp_metadata = metadata.replaceAll(/<(\w+:)?SingleSignOnService[^>]*HTTP-(Redirect|Artifact)[^>]*>/g, '');
    await change(saml, { idp_metadata, idp_metadata_url: null });
    const begun = await new UserAgent().open(`${api.url}${saml.at('login')}`);
    expect(begun.headers.get('content-security-policy')).not.toContain('form-action');
    const browser = new UserAgent(frontEnd);
    const page = formWith(await browser.open(`${api.url}${saml.at('login')}`), 'SAMLRequest');
    expect(page).toMatchObject({ method: 'POST', action: expect.stringContaining(llng.url) });
    const login = formWith(await browser.submit(page), 'password');
    const answer = formWith(await browser.submit(login, { user: 'dwho', password: 'dwho' }), 'SAMLResponse');
    expect((await browser.submit(answer)).url).toBe(frontEnd);
    expect(await me(browser)).toMatchObject({ username: 'dwho' });
    await change(saml, { idp_metadata: null, idp_metadata_url: `${llng.url}saml/metadata` });
  });

  test('provides metadata while the option is disabled', async () => {
    const set = (disable: boolean) =>
      api.api(`/api/portals/${portal}/login_options/${saml.id}`, { method: 'PATCH', json: { disable } });
    await set(true);
    expect((await api.api(saml.at('metadata'), { token: '' })).status).toBe(200);
    expect((await api.api(saml.at('login'), { token: '' })).status).toBe(404);
    await set(false);
  });

  test('stores a SAML cookie that browsers send with the form of another site', async () => {
    const answer = await fetch(`${api.url}${saml.at('login')}`, { redirect: 'manual' });
    expect(answer.headers.getSetCookie()[0]).toMatch(/; HttpOnly; Secure; SameSite=None$/);
  });

  test('signs a person in through CAS once', async () => {
    expect(await tried(cas)).toMatchObject({ ok: true });
    const browser = new UserAgent(frontEnd);
    const login = formWith(await browser.open(`${api.url}${cas.at('login')}`), 'password');
    const arrived = await browser.submit(login, { user: 'rtyler', password: 'rtyler' });
    expect(arrived.url).toBe(frontEnd);
    expect(await me(browser)).toMatchObject({ username: 'rtyler', provider: 'sso' });
    const forged = `${api.url}${cas.at('callback')}?ticket=ST-forged&state=x`;
    expect((await browser.open(forged)).url).toBe(`${frontEnd}/sign_in?error=sign_in_refused`);
  });
});

describe.skipIf(!hasPrograms(...SLAPD_PROGRAMS))('OpenLDAP', { timeout: 60_000 }, () => {
  let slapd: Slapd;
  let ca: TestCa;
  let option: Option;
  beforeAll(async () => {
    ca = makeTestCa();
    slapd = await startSlapd({ ca });
    option = await newOption('ldap', ldapConfig(slapd, ca));
  }, 60_000);
  afterAll(() => slapd?.[Symbol.asyncDispose]());

  const logIn = async (json: object) => api.api(option.at('login'), { token: '', json });

  test('signs a person in with a form', async () => {
    expect(await tried(option, { username: 'alice' })).toMatchObject({ ok: true });
    expect(await tried(option, { username: 'nobody' })).toMatchObject({ ok: false });
    const answer = await logIn({ username: 'ALICE', password: PASSWORD });
    const { token, developer } = await jsonOf(answer);
    expect(answer.headers.getSetCookie()[0]).toContain('gatehouse_session=gts_');
    expect(developer).toMatchObject({ username: 'alice', email: 'alice@example.test', provider: 'sso' });
    const { id } = Object(developer);
    const called = await jsonOf(await api.api('/api/me', { token: String(token) }));
    expect(called).toMatchObject({ id, state: 'Active' });
    expect(await jsonOf(await logIn({ username: 'alice', password: PASSWORD }))).toMatchObject({ developer: { id } });
  });

  test('gives the same error for a wrong username, a wrong password and a locked account', async () => {
    for (const typed of [
      { username: 'alice', password: 'wrong' },
      { username: 'nobody', password: PASSWORD },
      { username: '*', password: PASSWORD },
      { username: 'locked', password: 'wrong' },
      { username: 'locked', password: 'wrong' },
      { username: 'locked', password: ' ' },
      // Correct, but the account is locked after three wrong passwords.
      { username: 'locked', password: PASSWORD },
    ]) {
      const answer = await logIn(typed);
      const { code, detail, status } = await jsonOf(answer);
      expect({ code, detail, status }).toEqual({
        code: 'invalid_login',
        detail: 'The username or password is incorrect.',
        status: 401,
      });
    }
  });

  test('lets a person choose another username', async () => {
    const json = { username: 'zoé', password: 'correct horse battery staple' };
    await api.api(`/api/portals/${portal}/developers/invites`, { json });
    const typed = { username: 'zoé', password: PASSWORD };
    expect(await jsonOf(await logIn(typed))).toMatchObject({
      code: 'username_needed',
      errors: [{ path: '/new_username' }],
    });
    const chosen = await jsonOf(await logIn({ ...typed, new_username: 'zoe' }));
    expect(chosen).toMatchObject({ developer: { username: 'zoe', name: 'Zoé Müller' } });
  });

  test('logs an invalid email address once a minute, without its value', async () => {
    const other = await newOption('ldap', ldapConfig(slapd, ca, { attributes: { email: 'sn', username: 'cn' } }));
    const typed = { username: 'olive', password: PASSWORD };
    await change(other, { base_dn: OPEN_DN });
    for (let time = 0; time < 2; time += 1) {
      const answer = await jsonOf(await api.api(other.at('login'), { token: '', json: typed }));
      expect(answer).toMatchObject({ developer: { username: 'Olive Open', email: null } });
    }
    const lines = api.log().split('\n');
    const dropped = lines.filter((line) => line.includes('invalid email address from identity provider dropped'));
    expect(dropped).toEqual([expect.stringContaining(other.id)]);
    expect(dropped.join('')).not.toContain('Person');
  });

  test('reports an unreachable server, and logs the reason', async () => {
    const away = await newOption('ldap', ldapConfig(slapd, ca, { port: 1 }));
    const answer = await api.api(away.at('login'), { token: '', json: { username: 'alice', password: PASSWORD } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(api.log()).toContain('"reason":"unreachable"');
    expect(api.log()).not.toContain(PASSWORD);
  });
});
