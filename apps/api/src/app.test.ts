import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest();
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

test.each([
  ['/livez', 200],
  ['/openapi.json', 200],
  ['/docs', 200],
  ['/docs/start.js', 200],
  ['/docs/assets/swagger-ui-bundle.js', 200],
  ['/metrics', 401],
  ['/queues', 401],
  ['/queues/static/favicon-32x32.png', 401],
  ['/nothing', 404],
  ['/', 404],
])('%s answers %d without a token', async (path, status) => {
  expect((await gatehouse.api(path, { token: '' })).status).toBe(status);
});

test('/readyz answers 503 without a queue', async () => {
  const response = await gatehouse.api('/readyz', { token: '' });
  expect(await jsonOf(response)).toMatchObject({ status: 503, detail: 'Not ready: queue.' });
  expect(response.headers.get('retry-after')).toBe('1');
});

test('metrics need a scope, and have routes instead of paths', async () => {
  const [reader, other] = await Promise.all([gatehouse.token(['metrics:read']), gatehouse.token(['portals:read'])]);
  await gatehouse.api('/api/portals/some-id');
  expect((await gatehouse.api('/metrics', { token: other })).status).toBe(403);
  const text = await (await gatehouse.api('/metrics', { token: reader })).text();
  expect(text).toContain('route="/api/portals/{portal_id}",status="404"');
  expect(text).toContain('gatehouse_database_pool_connections{state="idle"}');
  expect(text).not.toContain('some-id');
});

test('metrics show the outstanding work of the workers', async () => {
  const reader = await gatehouse.token(['metrics:read']);
  const backlog = async () =>
    (await (await gatehouse.api('/metrics', { token: reader })).text())
      .split('\n')
      .filter((line) => line.startsWith('gatehouse_backlog{'))
      .filter((line) => !line.endsWith(' 0'));
  const sql = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await sql.connect();
  await sql.query('delete from outbox; delete from email');
  const { id } = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'Backlog', slug: 'backlog' } }));
  const person = { username: 'ada', password: 'correct horse battery staple', email: 'ada@example.com' };
  await gatehouse.api(`/api/portals/${String(id)}/developers/invites`, { json: person });
  expect(await backlog()).toEqual([
    'gatehouse_backlog{work="email",state="queued"} 1',
    'gatehouse_backlog{work="outbox",state="waiting"} 2',
  ]);
  await sql.query(`update email set attempts = 1, due_at = now() - interval '2 minutes'; delete from outbox`);
  await sql.end();
  expect(await backlog()).toEqual([
    'gatehouse_backlog{work="email",state="queued"} 1',
    'gatehouse_backlog{work="email",state="retrying"} 1',
    'gatehouse_backlog{work="email",state="overdue"} 1',
  ]);
});

test('pages load nothing from other hosts', async () => {
  const response = await gatehouse.api('/docs');
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(await response.text()).not.toMatch(/https?:/);
});

test('the log has one line for each request, without secrets', async () => {
  await gatehouse.api(`/api/portals?search=hunter2`, { headers: { 'x-request-id': 'log-test' } });
  const lines = gatehouse
    .log()
    .split('\n')
    .filter((line) => line.includes('"log-test"'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    method: 'GET',
    route: '/api/portals',
    path: '/api/portals',
    status: 200,
    actor: 'admin_token',
  });
  expect(gatehouse.log()).not.toMatch(new RegExp(`${ADMIN}|hunter2|livez`));
});

test('a valid X-Request-Id is echoed, and any other is replaced', async () => {
  const idFor = async (id: string) =>
    (await gatehouse.api('/livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  expect(await idFor('a.b_c-1')).toBe('a.b_c-1');
  expect(await idFor('a b')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
});
