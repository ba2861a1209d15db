import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest({
    env: { PUBLIC_URL: 'https://gatehouse.example/gate', SECURITY_CONTACT: 'mailto:security@example.com' },
  });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const look = (path: string, headers: Record<string, string> = {}) =>
  gatehouse.fetch(path, { headers: { accept: 'text/html,*/*;q=0.8', ...headers } });
const changePassword = async () => {
  const { status, headers } = await look('/.well-known/change-password');
  return [status, headers.get('location')];
};
const make = (json: object) => gatehouse.api('/api/portals', { json });

test('the home page links to everything, without a script', async () => {
  expect(await (await look('/')).text()).toContain('No portal is open to visitors yet.');
  expect(await changePassword()).toEqual([303, '/gate/']);
  await make({ name: 'Acme <&>', slug: 'acme' });
  expect(await changePassword()).toEqual([303, '/gate/portals/acme/change_password']);
  await make({ name: 'Hidden', slug: 'hidden', settings: { public_access: false } });
  expect(await changePassword()).toEqual([303, '/gate/portals/acme/change_password']);
  await make({ name: 'Elsewhere', slug: 'elsewhere', public_url: 'https://portal.example' });
  expect(await changePassword()).toEqual([303, '/gate/']);

  const answer = await look('/');
  const page = await answer.text();
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';style-src 'self'/);
  expect([...page.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, href, text]) => [href, text])).toEqual([
    ['/gate/portals/acme', 'Acme &lt;&amp;&gt;'],
    ['https://portal.example', 'Elsewhere'],
    ['/gate/docs', 'API documentation'],
    ['/gate/openapi.json', 'OpenAPI document'],
    ['/gate/console', 'Gatehouse console'],
    ['/gate/queues', 'Queue dashboard'],
    ['/gate/livez', 'Liveness check'],
    ['/gate/readyz', 'Readiness check'],
  ]);
  expect(page).toContain('Version 1.0.0');
  expect(page).not.toMatch(/<script|Hidden/);
  expect(await (await look('/', { 'accept-language': 'de' })).text()).toContain('<html lang="de">');
});

test('a program gets a problem document instead of the home page', async () => {
  for (const accept of ['*/*', 'application/json']) {
    const answer = await look('/', { accept });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, expect.stringContaining('json')]);
  }
});

test.each([
  ['/favicon.ico', 'image/svg+xml', /^<svg /],
  ['/robots.txt', 'text/plain', /^User-agent: \*\nDisallow: \/\n$/],
  [
    '/.well-known/security.txt',
    'text/plain',
    /^Contact: mailto:security@example\.com\nExpires: \d{4}-\d\d-\d\dT00:00:00\.000Z\n$/,
  ],
])('%s', async (path, type, text) => {
  const answer = await look(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining(type)]);
  expect(await answer.text()).toMatch(text);
});

test('security.txt is absent without a contact', async () => {
  await using other = await apiTest({ databaseUrl: gatehouse.databaseUrl });
  expect((await other.fetch('/.well-known/security.txt')).status).toBe(404);
});
