import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

test('a missing and a wrong token differ only in the challenge', async () => {
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

test('a token can do what its scopes allow', async () => {
  const token = await gatehouse.token(['portals:read']);
  expect((await gatehouse.api('/api/portals', { token })).status).toBe(200);
  expect(await codeOf(await gatehouse.api('/api/portals', { token, json: {} }))).toBe('forbidden');
});

test('only a portal token can act on behalf of a developer', async () => {
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

describe('an empty X-Portal-Developer-ID', () => {
  const withEmpty = async (path: string, token: string) =>
    gatehouse.api(path, { token, headers: { 'x-portal-developer-id': '' } });
  const portalToken = async () => {
    const json = { kind: 'portal', name: 'front end', portal_id: portalId };
    return String((await jsonOf(await gatehouse.api('/api/tokens', { json })))['token']);
  };

  test.each([
    '/api/developers',
    '/api/api_products',
    '/api/labels/api_product',
    '/api/system_settings/public_access',
    '/api/system_settings/smtp_server_status',
  ])('counts as absent at %s', async (path) => {
    const token = await portalToken();
    const [empty, absent] = [await withEmpty(path, token), await gatehouse.api(path, { token })];
    expect([empty.status, await empty.json()]).toEqual([200, await absent.json()]);
  });

  test.each(['/api/applications', '/api/credentials', '/api/subscriptions', '/api/approvals', '/api/dcr_providers'])(
    'is rejected at %s, where it would give access to the records of all developers',
    async (path) => {
      const refused = await withEmpty(path, await portalToken());
      expect([refused.status, await refused.json()]).toMatchObject([
        400,
        {
          code: 'malformed_request',
          detail: 'X-Portal-Developer-ID is empty. Send a developer_id or omit the header.',
        },
      ]);
    },
  );

  test('is ignored without a token', async () => {
    expect((await withEmpty(`/api/portals/${portalId}/auth/login_options`, '')).status).toBe(200);
  });
});
