import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@gatehouse/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';
import { startStallingProxy, type StallingProxy } from '@gatehouse/testing/stalling-proxy';

const open = new AsyncDisposableStack();
let gatehouse: ApiTest;
let proxy: StallingProxy;
let auth: string;

beforeAll(async () => {
  const { url } = open.use(await createTestDatabase());
  proxy = open.use(await startStallingProxy(url));
  gatehouse = open.use(await apiTest({ databaseUrl: proxy.url }));
  const portal = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'P', slug: 'p' } }));
  auth = `/api/portals/${String(portal['id'])}/auth`;
});
afterAll(() => open.disposeAsync());

const username = 'ada';
const password = 'correct horse battery staple';
const post = (call: string, json: object) => gatehouse.api(`${auth}/${call}`, { token: '', json });

test.each([
  ['login', { username, password }],
  ['register', { username, password, email: 'ada@example.org' }],
  ['forgot_password', { email: 'ada@example.org' }],
])(
  '%s, which several limits count, is answered 503 within five seconds if the database is silent',
  async (call, json) => {
    proxy.stall();
    const begun = performance.now();
    const { status } = await post(call, json);
    const milliseconds = performance.now() - begun;
    proxy.resume();
    expect(status).toBe(503);
    expect(milliseconds).toBeLessThan(5000);
    const register = () => post('register', { username: randomUUID(), password, email: 'x@example.org' });
    await expect.poll(async () => (await register()).status < 500, { timeout: 10_000 }).toBe(true);
  },
  40_000,
);
