import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { SECURITY_CONTACT: 'mailto:security@example.com' } });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

test.each([
  '/',
  '/livez',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/docs/',
  '/docs/start.js',
  '/docs/assets/swagger-ui.css',
  '/robots.txt',
  '/favicon.ico',
  '/.well-known/change-password',
  '/.well-known/security.txt',
])('%s allows only GET, HEAD and OPTIONS', async (path) => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const response = await gatehouse.api(path, { method, token: '' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  }
  const options = await gatehouse.api(path, { method: 'OPTIONS', token: '' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
});
