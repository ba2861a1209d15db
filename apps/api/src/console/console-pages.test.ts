import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from '../testing/api-test.ts';
import { activeOperator, PASSWORD, signInToConsole } from '../testing/console-visitor.ts';

const PUBLIC_URL = 'https://gatehouse.example/gate';
const NEW = 'another good password here';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL } });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

type Sent = { form?: Record<string, string>; cookie?: string; headers?: Record<string, string> };

/** A request of a browser for a page of the console. */
async function visit(path: string, { form, cookie = '', headers = {} }: Sent = {}) {
  const answer = await gatehouse.fetch(`/console${path}`, {
    method: form ? 'POST' : 'GET',
    headers: { origin: 'https://gatehouse.example', accept: 'text/html', cookie, ...headers },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  const [set = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';', 1);
  const { status, headers: got } = answer;
  return { status, text: await answer.text(), location: got.get('location'), cookie: set, headers: got };
}

const signIn = (email: string, password = PASSWORD) =>
  visit('/sign_in', { form: { action: 'sign_in', email, password, return_to: '/gate/queues' } });

describe('signing in', () => {
  test('with a password leads to the page that the operator wanted, and out again', async () => {
    const { email, name } = await activeOperator(gatehouse, { role: 'viewer' });
    expect(await visit('')).toMatchObject({ status: 303, location: '/gate/console/sign_in' });
    const page = await visit('/sign_in?return_to=/gate/queues');
    expect(page.text).toContain('<input type="hidden" name="return_to" value="/gate/queues" />');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const { status, location, cookie } = await signIn(email);
    expect([status, location]).toEqual([303, '/gate/queues']);
    expect((await visit('', { cookie })).text).toContain(`Signed in as ${name}`);
    expect(await visit('/sign_in', { cookie })).toMatchObject({ status: 303, location: '/gate/console' });
    expect((await visit('/sign_out', { cookie })).text).toContain('<button>Sign out');
    const out = await visit('/sign_out', { cookie, form: { action: 'sign_out' } });
    expect(out).toMatchObject({ status: 303, location: '/gate/console/sign_in?done=signed_out' });
    expect((await visit('', { cookie })).status).toBe(303);
  });

  test('with a token, in German', async () => {
    const german = { 'accept-language': 'de' };
    expect((await visit('/sign_in', { headers: german })).text).toContain('Mit einem Admin-Token anmelden');
    const { cookie, location } = await visit('/sign_in', { form: { action: 'use_token', token: ` ${ADMIN} ` } });
    expect(location).toBe('/gate/console');
    expect((await visit('', { cookie, headers: german })).text).toContain('Angemeldet als bootstrap');
  });

  test('says what is wrong, and never leaves this service', async () => {
    const { email } = await activeOperator(gatehouse, { role: 'viewer' });
    const wrong = await signIn(email, 'a wrong password');
    expect([wrong.status, wrong.cookie]).toEqual([401, '']);
    expect(wrong.text).toContain('The email address or password is incorrect.');
    expect(wrong.text).not.toContain('a wrong password');
    const token = await visit('/sign_in', { form: { action: 'use_token', token: 'wrong' } });
    expect([token.status, token.text.includes('This token is invalid')]).toEqual([401, true]);
    for (const return_to of ['https://evil.example', '//evil.example', '/elsewhere']) {
      const form = { action: 'sign_in', email, password: PASSWORD, return_to };
      expect((await visit('/sign_in', { form })).location).toBe('/gate/console');
    }
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const form = { action: 'use_token', token: ADMIN };
    expect(await visit('/sign_in', { form, headers: foreign })).toMatchObject({ status: 403, cookie: '' });
  });
});

test('an invitation is opened any number of times and accepted once', async () => {
  const json = { name: 'Ada', email: 'ada@example.org', role: 'owner', portal_ids: null };
  await gatehouse.api('/api/operators', { json });
  const token = await gatehouse.mailedToken('ada@example.org');
  for (let count = 0; count < 2; count += 1) {
    const page = await visit(`/invitation?token=${token}`);
    expect([page.status, page.text.includes('ada@example.org')]).toEqual([200, true]);
  }
  const accept = (password: string) => visit('/invitation', { form: { action: 'accept', token, password } });
  expect((await accept('short')).text).toContain('aria-invalid="true"');
  const accepted = await accept(PASSWORD);
  expect(accepted).toMatchObject({ status: 303, location: '/gate/console?done=invite_accepted' });
  expect((await visit('', { cookie: accepted.cookie })).text).toContain('Signed in as Ada');
  expect((await visit(`/invitation?token=${token}`)).text).toContain('This link no longer works');
});

test('a forgotten password is reset by a mailed link', async () => {
  const { email } = await activeOperator(gatehouse, { role: 'viewer' });
  const cookie = await signInToConsole(gatehouse, { email });
  const asked = await visit('/forgot_password', { form: { action: 'forget', email } });
  expect(asked.location).toBe('/gate/console/sign_in?done=link_mailed');
  const token = await gatehouse.mailedToken(email);
  expect((await visit(`/password_reset?token=${token}`)).text).toContain(email);
  const reset = await visit('/password_reset', { form: { action: 'reset', token, password: NEW } });
  expect(reset.location).toBe('/gate/console/sign_in?done=password_set');
  expect((await visit('', { cookie })).status).toBe(303);
  expect((await signIn(email, NEW)).status).toBe(303);
});

test('other paths are answered with a page', async () => {
  expect(await visit('/nothing')).toMatchObject({ status: 404, text: expect.stringContaining('find that page') });
});
