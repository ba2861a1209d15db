import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { newPortal, PASSWORD, PUBLIC_URL, signedIn, visitor } from '../testing/page-visitor.ts';
import { jsonOf } from '../testing/serve.ts';

const Options = z.array(z.object({ id: z.string() }));

const OIDC = { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x' };

let gatehouse: ApiTest;
let portalId: string;
let company: string;
let directory: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL, RATE_LIMITS: 'off' } });
  portalId = await newPortal(gatehouse, 'open', { registration_auto_approval: true });
  company = await newOption({
    name: 'Company <SSO>',
    provider_type: 'oidc',
    config: OIDC,
  });
  directory = await newOption({
    name: 'Directory',
    provider_type: 'ldap',
    config: { host: '127.0.0.1', port: 1, base_dn: 'dc=example', use_ssl: true },
  });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const newOption = async (json: object): Promise<string> =>
  String((await jsonOf(await gatehouse.api(`/api/portals/${portalId}/login_options`, { json })))['id']);
const stranger = () => visitor(gatehouse, 'open');

test('every login option is a link that leads back to the original page', async () => {
  const { text } = await stranger().get('/sign_in?return_to=%2Fportals%2Fopen%2Faccount');
  const login = `https://gatehouse.example/api/portals/${portalId}/auth/sso/${company}/login`;
  expect(text).toContain(`href="${login}?return_to=%2Fportals%2Fopen%2Faccount"`);
  expect(text).toContain('Sign in with Company &lt;SSO&gt;');
  const here = `/portals/open/sign_in?return_to=%2Fportals%2Fopen%2Faccount&amp;login_option_id=${directory}`;
  expect(text).toContain(`href="${here}"`);
  const foreign = (await stranger().get('/sign_in?return_to=https%3A%2F%2Fevil.example')).text;
  expect(foreign).toContain(`href="${login}?return_to=%2Fportals%2Fopen"`);
});

test('the link leads back to the front end if the portal has one', async () => {
  const json = {
    name: 'Front',
    slug: 'front',
    public_url: 'https://front.example',
  };
  const { id } = await jsonOf(await gatehouse.api('/api/portals', { json }));
  const option = { name: 'Company', provider_type: 'oidc', config: OIDC };
  await gatehouse.api(`/api/portals/${String(id)}/login_options`, { json: option });
  const { text } = await visitor(gatehouse, 'front').get('/sign_in?return_to=%2Fportals%2Ffront%2Faccount');
  expect(text).toMatch(/href="https:[^"?]+\/login"/);
});

test('a directory has its own form', async () => {
  const { text } = await stranger().get(`/sign_in?login_option_id=${directory}`);
  expect(text).toContain(`name="login_option_id" value="${directory}"`);
  expect(text.match(/type="password"/g)).toHaveLength(1);
  expect(text).not.toContain('forgot_password');
  const form = { action: 'sign_in', username: 'ada', password: PASSWORD, login_option_id: directory };
  const sent = await stranger().post('/sign_in', form);
  expect([sent.status, sent.text]).toEqual([503, expect.stringContaining('We can’t do this right now.')]);
  expect(sent.text).toContain(`name="login_option_id" value="${directory}"`);
  expect((await stranger().post('/sign_in', { ...form, login_option_id: company })).status).toBe(404);
});

test('known errors of an identity provider are shown, and unknown ones are not', async () => {
  const said = async (error: string) =>
    (await stranger().get(`/sign_in?${new URLSearchParams({ error }).toString()}`)).text;
  expect(await said('sign_in_refused')).toContain('We couldn’t sign you in, or it took too long.');
  expect(await said('You won!')).toContain('Go back and try again.');
  expect(await said('You won!')).not.toContain('You won!');
});

test('a person whose username is taken chooses another one, and the sign-in continues', async () => {
  const { text } = await stranger().get(`/choose_username?login_option_id=${company}&error=username_taken`);
  expect(text).toContain(`action="/api/portals/${portalId}/auth/sso/${company}/username"`);
  expect(text).toContain('name="new_username"');
  expect(text).toContain('That username is taken.');
  const nasty = await stranger().get('/choose_username?login_option_id=..%2F..%2F%3Fx%22%3E');
  expect(nasty.text).toContain('/auth/sso/..%2F..%2F%3Fx%22%3E/username"');
});

test('a person who is signed in to another account still sees the error, and chooses a username', async () => {
  const who = await signedIn(gatehouse, 'open', 'still');
  expect((await who.get('/sign_in')).status).toBe(303);
  const failed = await who.get('/sign_in?error=sign_in_refused');
  expect([failed.status, failed.text]).toEqual([200, expect.stringContaining('We couldn’t sign you in')]);
  const choose = await who.get(`/choose_username?login_option_id=${company}&error=username_needed`);
  expect([choose.status, choose.text]).toEqual([200, expect.stringContaining('name="new_username"')]);
});

test('without the built-in login, the page has no password form', async () => {
  const id = await newPortal(gatehouse, 'elsewhere', { registration_auto_approval: true });
  const options = await jsonOf(await gatehouse.api(`/api/portals/${id}/login_options`));
  const [builtIn] = Options.parse(options['list']);
  const who = await signedIn(gatehouse, 'elsewhere', 'ada');
  const path = `/api/portals/${id}/login_options/${String(builtIn?.id)}`;
  await gatehouse.api(path, { method: 'PATCH', json: { disable: true } });
  expect((await who.get('')).status).toBe(303);
  const { text } = await who.get('/sign_in');
  expect(text).not.toMatch(/type="password"|forgot_password|register/);
  const sent = await who.post('/sign_in', { action: 'sign_in', username: 'ada', password: PASSWORD });
  expect([sent.status, sent.text]).toEqual([403, expect.stringContaining('Sign in another way')]);
});
