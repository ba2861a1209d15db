import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

const APP = 'https://app.example';
const OWN = 'https://gatehouse.example';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { CORS_ORIGINS: `${APP}, https://other.example:8443`, PUBLIC_URL: OWN } });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const allowed = (response: Response) => response.headers.get('access-control-allow-origin');
const preflight = (path: string, origin: string) =>
  gatehouse.fetch(path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

describe.each(['/api/portals', '/trpc/portals.list?input=%7B%7D'])('%s', (path) => {
  test('answers a listed origin, which can read the response and its headers', async () => {
    const response = await gatehouse.api(path, { headers: { origin: APP } });
    expect(response.status).toBe(200);
    expect(allowed(response)).toBe(APP);
    expect(response.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('answers a preflight', async () => {
    const response = await preflight(path, APP);
    expect(response.status).toBe(204);
    expect(allowed(response)).toBe(APP);
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(response.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('shows a listed origin why a call was rejected', async () => {
    const response = await gatehouse.api(path, { token: 'wrong', headers: { origin: APP } });
    expect(response.status).toBe(401);
    expect(allowed(response)).toBe(APP);
  });

  test.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'null',
    'https://app.example.evil',
  ])('sends no CORS headers to %s', async (origin) => {
    expect(allowed(await gatehouse.api(path, { headers: { origin } }))).toBeNull();
    expect(allowed(await preflight(path, origin))).toBeNull();
  });
});

test.each(['/portals/main', '/queues', '/metrics', '/docs', '/livez'])(
  '%s does not allow other origins',
  async (path) => {
    expect(allowed(await gatehouse.api(path, { headers: { origin: APP } }))).toBeNull();
  },
);

test('a cookie from a listed origin is ignored', async () => {
  const { id } = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'Main', slug: 'main' } }));
  const portal = `/api/portals/${String(id)}`;
  const person = { username: 'ada', password: 'correct horse battery staple' };
  await gatehouse.api(`${portal}/developers/invites`, { json: person });
  const login = await gatehouse.api(`${portal}/auth/login`, { token: '', json: person });
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  expect(cookie).not.toBe('');
  const changePassword = (headers: Record<string, string>) =>
    gatehouse.api(`${portal}/auth/change_password`, {
      token: '',
      headers: { cookie, ...headers },
      json: { current_password: person.password, new_password: `${person.password}!` },
    });
  expect((await changePassword({ origin: APP })).status).toBe(401);
  expect((await changePassword({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await changePassword({ origin: OWN })).status).toBe(200);
});
