import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from '../testing/api-test.ts';
import { activeOperator, signInToConsole } from '../testing/console-visitor.ts';
import { jsonOf } from '../testing/serve.ts';

let gatehouse: ApiTest;

beforeAll(async () => {
  gatehouse = await apiTest();
});
afterAll(async () => {
  await gatehouse[Symbol.asyncDispose]();
});

const html = { accept: 'text/html' };
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };
const as = (cookie: string, path: string, headers: Record<string, string> = {}) =>
  gatehouse.api(path, { token: '', headers: { ...OWN_PAGE, cookie, ...headers } });

test('responds with 503 until the queue is connected', async () => {
  expect((await gatehouse.api('/queues')).status).toBe(503);
});

describe('with a queue', () => {
  beforeAll(async () => {
    await prepareQueue(gatehouse.databaseUrl);
  });

  test('is ready', async () => {
    expect((await gatehouse.api('/readyz')).status).toBe(200);
  });

  test('responds with 404 to a URL with a NUL, without the error message of PostgreSQL', async () => {
    const response = await gatehouse.api('/queues/api/queues/deliver-email/%00');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });

  test('shows every queue, and loads only its own files', async () => {
    const page = await (await gatehouse.api('/queues', { headers: html })).text();
    expect(page).toContain('static/js/');
    expect(page).not.toMatch(/https?:\/\//);
    expect(await (await gatehouse.api('/queues/api/queues')).json()).toMatchObject({
      queues: [{ name: 'deliver-email' }, { name: 'erase-developer' }],
    });
  });

  test('lets readers view and writers promote jobs, and refuses adding and emptying', async () => {
    const [reader, writer, other] = await Promise.all([
      gatehouse.token(['queues:read']),
      gatehouse.token(['queues:write']),
      gatehouse.token(['portals:write']),
    ]);
    const put = (token: string, path: string) =>
      gatehouse.api(`/queues/api/queues/deliver-email/${path}`, { token, method: 'PUT' });
    expect((await gatehouse.api('/queues/api/queues', { token: other })).status).toBe(403);
    expect((await gatehouse.api('/queues/api/queues', { token: reader })).status).toBe(200);
    expect((await put(reader, 'promote')).status).toBe(403);
    expect((await put(writer, 'promote')).status).toBe(200);
    expect((await put(ADMIN, 'empty')).status).toBe(403);
    expect((await gatehouse.api('/queues/api/queues/deliver-email/add', { json: {} })).status).toBe(403);
  });

  test('is open to operators of the whole installation with a console session', async () => {
    const form = await gatehouse.fetch('/queues', { headers: html });
    expect([form.status, form.headers.get('location')]).toEqual([303, '/console/sign_in?return_to=%2Fqueues']);
    const portal = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'P', slug: 'p' } }));
    const people = [
      await activeOperator(gatehouse, { role: 'viewer' }),
      await activeOperator(gatehouse, { role: 'owner', portal_ids: [String(portal['id'])] }),
    ];
    const [viewer = '', bound = ''] = await Promise.all(people.map((person) => signInToConsole(gatehouse, person)));
    expect((await as(viewer, '/queues', html)).status).toBe(200);
    expect((await as(bound, '/queues', html)).status).toBe(403);
    const promote = await gatehouse.api('/queues/api/queues/deliver-email/promote', {
      token: '',
      method: 'PUT',
      headers: { ...OWN_PAGE, cookie: viewer },
    });
    expect(promote.status).toBe(403);
  });

  test.each([
    '/queues/api/redis/stats',
    '/queues/api/job-schedulers',
    '/queues/api/queues/deliver-email/job-data-schema',
    '/queues/api/queues/deliver-email/no-such-job',
    '/queues/api/queues/no-such-queue/no-such-job',
    '/queues/api/nothing',
    '/queues/static/nothing.js',
    '/queues/nothing/at/all',
    '/docs/assets/package.json',
    '/docs/assets/swagger-ui.css.map',
    '/docs/assets/index.html',
    '/docs/nothing',
  ])('responds to %s with 404 and a problem document', async (path) => {
    const response = await gatehouse.api(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await response.json()).toMatchObject({ code: 'not_found', instance: path });
  });

  test.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
  ])('rejects changes from another site: %j', async (headers) => {
    const cookie = await signInToConsole(gatehouse, { token: ADMIN });
    const change = await gatehouse.fetch('/queues/api/queues/deliver-email/promote', {
      method: 'PUT',
      headers: { ...headers, cookie },
    });
    expect(change.status).toBe(403);
  });
});
