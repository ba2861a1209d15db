import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

let gatehouse: ApiTest;
let portal: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { RATE_LIMITS: 'off' } });
  const { id } = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'Main', slug: 'main' } }));
  portal = String(id);
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const latin1 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'latin1'));
const LOGIN = '{"username":"ada","password":"correct horse battery café"}';
const FORM = 'action=sign_in&username=ada&password=correct+horse+battery+caf';
const FORM_TYPE = 'application/x-www-form-urlencoded';

test.each([
  ['REST', () => `/api/portals/${portal}/auth/login`, { type: 'application/json', body: latin1(LOGIN) }],
  ['tRPC', () => '/trpc/auth.login', { type: 'application/json', body: latin1(LOGIN) }],
  ['a page', () => '/portals/main/sign_in', { type: FORM_TYPE, body: latin1(`${FORM}é`) }],
  ['a page, percent-encoded', () => '/portals/main/sign_in', { type: FORM_TYPE, body: latin1(`${FORM}%E9`) }],
])('a body that is not UTF-8 is rejected by %s', async (_what, path, { type, body }) => {
  const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
  const response = await gatehouse.fetch(path(), { method: 'POST', headers, body });
  expect(response.status).toBe(400);
  const text = await response.text();
  if (type === 'application/json') expect(text).toContain('"malformed_request"');
});

test('a password with non-ASCII characters in UTF-8 is accepted, and a similar one is not', async () => {
  const password = 'correct horse battery café';
  await gatehouse.api(`/api/portals/${portal}/developers/invites`, { json: { username: 'ada', password } });
  const login = (given: string) =>
    gatehouse.api(`/api/portals/${portal}/auth/login`, { token: '', json: { username: 'ada', password: given } });
  expect((await login(password)).status).toBe(200);
  expect((await login('correct horse battery caf\uFFFD')).status).toBe(401);
});

/** Sends the path unchanged, because `fetch` would encode it. */
const get = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(`${gatehouse.url}/`, { path, headers: { accept: 'application/json' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });

test.each([
  '/api/portals/%E9',
  '/api/portals?search=%FC',
  '/api/portals?search=%E2%28%A1',
  '/api/portals/%C0%AF',
  '/api/portals/caf%ED%A0%80',
  '/api/portals?search=%',
  '/api/portals?search=\u00e9',
  '/trpc/portals.list?input=%FC',
  '/portals/main/sign_in?return_to=%FC',
  '/portals/%E9/sign_in',
  '/portals/\u00e9/sign_in',
  '/queues/%E9',
  '/nothing/%E9',
  '/api/portals/00000000-0000-7000-8000-000000000000/auth/sso/x/callback?state=%FC',
])('a target that is not UTF-8 is rejected: %s', async (path) => {
  expect(await get(path)).toBe(400);
});

test('the charset can be spelled utf8', async () => {
  const headers = { 'content-type': 'application/json; charset=utf8' };
  const response = await gatehouse.api('/api/portals', { json: { name: 'Other', slug: 'other' }, headers });
  expect(response.status).toBe(201);
});
