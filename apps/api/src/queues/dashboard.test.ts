import { TokenPage } from '@gatehouse/contract/token';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from '../testing/api-test.ts';

let gatehouse: ApiTest;

beforeAll(async () => {
  gatehouse = await apiTest();
});
afterAll(async () => {
  await gatehouse[Symbol.asyncDispose]();
});

const html = { accept: 'text/html' };
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };
const signIn = (token: string, headers: Record<string, string> = OWN_PAGE) =>
  gatehouse.fetch('/queues/sign_in', { method: 'POST', headers, body: new URLSearchParams({ token }) });
const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

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

  test('exchanges a token for a session', async () => {
    const form = await gatehouse.fetch('/queues', { headers: html });
    expect([form.status, await form.text()]).toEqual([401, expect.stringContaining('<form method="post"')]);
    const signedIn = await signIn(ADMIN);
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/queues']);
    expect(signedIn.headers.getSetCookie()[0]).toMatch(
      /^gatehouse_queues=[\w-]{43}; Max-Age=3600; Path=\/queues; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(signedIn);
    expect((await gatehouse.fetch('/queues', { headers: { ...html, cookie } })).status).toBe(200);
    expect((await gatehouse.fetch('/api/portals', { headers: { cookie } })).status).toBe(401);
  });

  test('ends a session with its token', async () => {
    const token = await gatehouse.token(['queues:read']);
    const cookie = cookieOf(await signIn(token));
    const { list } = TokenPage.parse(await (await gatehouse.api('/api/tokens')).json());
    const [mine] = list.filter(({ prefix }) => token.startsWith(prefix));
    await gatehouse.api(`/api/tokens/${mine?.id ?? ''}`, { method: 'DELETE' });
    expect((await gatehouse.fetch('/queues', { headers: { cookie } })).status).toBe(401);
  });

  test('ends the session and drops the cookie at sign-out', async () => {
    const cookie = cookieOf(await signIn(ADMIN));
    const ask = await gatehouse.fetch('/queues/sign_out', { headers: { ...html, cookie } });
    expect(await ask.text()).toContain('<form method="post" action="/queues/sign_out">');
    expect((await gatehouse.fetch('/queues', { headers: { cookie } })).status).toBe(200);
    const foreign = { method: 'POST', headers: { cookie, 'sec-fetch-site': 'cross-site' } };
    expect((await gatehouse.fetch('/queues/sign_out', foreign)).status).toBe(403);
    const out = await gatehouse.fetch('/queues/sign_out', { method: 'POST', headers: { ...OWN_PAGE, cookie } });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/queues']);
    expect(out.headers.getSetCookie()[0]).toMatch(/^gatehouse_queues=; Path=\/queues; Expires=Thu, 01 Jan 1970/);
    expect((await gatehouse.fetch('/queues', { headers: { cookie } })).status).toBe(401);
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
  ])('rejects sign-ins and changes from another site: %j', async (headers) => {
    expect((await signIn(ADMIN, headers)).status).toBe(403);
    const cookie = cookieOf(await signIn(ADMIN));
    const change = await gatehouse.fetch('/queues/api/queues/deliver-email/promote', {
      method: 'PUT',
      headers: { ...headers, cookie },
    });
    expect(change.status).toBe(403);
  });

  test('shows the form again after a wrong token', async () => {
    const response = await signIn('wrong');
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
  });
});
