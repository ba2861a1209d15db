import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

const PASSWORD = 'correct horse battery staple';
let gatehouse: ApiTest;
let portalId: string;
beforeAll(async () => {
  gatehouse = await apiTest();
  const portal = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'P', slug: 'p' } }));
  portalId = String(portal['id']);
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const codeOf = async (response: Response): Promise<unknown> => (await jsonOf(response))['code'];

test('a missing and a wrong token are told apart in the challenge only', async () => {
  const [missing, wrong, noToken] = await Promise.all([
    gatehouse.api('/api/portals', { token: '' }),
    gatehouse.api('/api/portals', { token: 'wrong' }),
    gatehouse.api('/api/portals', { token: '', headers: { authorization: 'Basic YTpi' } }),
  ]);
  expect([missing, wrong, noToken].map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(missing.headers.get('www-authenticate')).toBe('Bearer');
  expect(wrong.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  expect(noToken.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
});

test('X-API-KEY is the same as Authorization', async () => {
  expect((await gatehouse.api('/api/portals', { token: '', headers: { 'x-api-key': ADMIN } })).status).toBe(200);
});

test('a token may do what its scopes say', async () => {
  const token = await gatehouse.token(['portals:read']);
  expect((await gatehouse.api('/api/portals', { token })).status).toBe(200);
  expect(await codeOf(await gatehouse.api('/api/portals', { token, json: {} }))).toBe('forbidden');
});

test('a portal token speaks for a developer, and nobody else does', async () => {
  const json = { kind: 'portal', name: 'front end', portal_id: portalId };
  const portal = String((await jsonOf(await gatehouse.api('/api/tokens', { json })))['token']);
  const developer = await jsonOf(
    await gatehouse.api(`/api/portals/${portalId}/developers/invites`, {
      json: { username: 'ann', password: PASSWORD },
    }),
  );
  const as = (token: string, id: string) =>
    gatehouse.api('/api/approvals', { token, headers: { 'x-portal-developer-id': id } });
  expect((await as(portal, String(developer['developer_id']))).status).toBe(200);
  expect(await codeOf(await as(portal, 'unknown'))).toBe('not_found');
  expect(await codeOf(await as(ADMIN, 'unknown'))).toBe('malformed_request');
});
