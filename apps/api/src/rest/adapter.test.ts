import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, serveFakeApi, verdict, type FakeServer, type Sent } from '../testing/fake-server.ts';
import { jsonOf } from '../testing/serve.ts';

let server: FakeServer;
beforeAll(async () => {
  server = await serveFakeApi();
});
afterAll(() => server[Symbol.asyncDispose]());

test.each<{ what: string; method?: string; path?: string; sent: Sent; answer: string }>([
  { what: '401 before the body', sent: { as: '', type: 'text/plain', body: '{' }, answer: '401 unauthenticated' },
  { what: '403 before the body', sent: { as: 'reader', type: 'text/plain', body: '{' }, answer: '403 forbidden' },
  { what: '415 before the input', sent: { type: 'text/plain', body: '{}' }, answer: '415 unsupported_media_type' },
  { what: '400 before the input', sent: { type: 'application/json', body: '{' }, answer: '400 malformed_request' },
  {
    what: '413 before the input',
    sent: { type: 'application/json', body: ' '.repeat(600_000) },
    answer: '413 body_too_large',
  },
  {
    what: '422 before the state',
    method: 'GET',
    path: '?fail=conflict&page=0',
    sent: {},
    answer: '422 invalid_input ?page',
  },
  { what: '409 after all other checks', method: 'GET', path: '?fail=conflict', sent: {}, answer: '409 illegal_state' },
  {
    what: 'no Idempotency-Key',
    sent: { headers: { 'idempotency-key': 'k' } },
    answer: '400 idempotency_not_supported',
  },
])('$what', async ({ method = 'POST', path = '', sent, answer }) => {
  expect(await verdict(await server.call(method, `/shelves/s/things${path}`, sent))).toBe(answer);
});

describe('query', () => {
  test('becomes input', async () => {
    const response = await server.call(
      'GET',
      '/shelves/a%20b/things?page=2&big=false&tags=x&tags=y&labels[k]=v&cursor=',
    );
    expect(response.status).toBe(200);
    expect((await jsonOf(response))['echo']).toEqual({
      shelf_id: 'a b',
      page: 2,
      big: false,
      tags: ['x', 'y'],
      labels: { k: 'v' },
      cursor: '',
    });
  });

  test.each([
    ['bogus=1&page=x&state=', '422 invalid_input ?bogus ?page ?state'],
    ['shelf_id=EVIL', '422 invalid_input ?shelf_id'],
    ['labels=x', '422 invalid_input ?labels'],
    ['labels[]=x', '422 invalid_input ?labels[]'],
    ['tags=', '422 invalid_input ?tags[0]'],
    ['page=1&page=1', '400 malformed_request'],
    ['page=%', '400 malformed_request'],
  ])('%s results in %s', async (query, expected) => {
    expect(await verdict(await server.call('GET', `/shelves/s/things?${query}`))).toBe(expected);
  });

  test('is rejected next to a body', async () => {
    expect(await verdict(await server.call('POST', '/shelves/s/things?x=1', json({ name: 'n' })))).toBe(
      '422 invalid_input ?x',
    );
    expect(await verdict(await server.call('DELETE', '/shelves/s/things/t?x=1'))).toBe('422 invalid_input ?x');
  });
});

describe('the portal side', () => {
  const portal_id = '0190f3a0-0000-7000-8000-000000000000';

  test('reads portal_id from the query, and the other fields from the body', async () => {
    const response = await server.call('PUT', `/things/t?portal_id=${portal_id}`, json({ name: 'n' }));
    expect((await jsonOf(response))['echo']).toEqual({ thing_id: 't', portal_id, name: 'n' });
    expect((await server.call('PUT', '/things/t', json({ name: 'n' }))).status).toBe(200);
  });

  test.each([
    ['x=1', { name: 'n' }, '422 invalid_input ?x'],
    ['name=n', { name: 'n' }, '422 invalid_input ?name'],
    ['thing_id=t', { name: 'n' }, '422 invalid_input ?thing_id'],
    ['portal_id=x', { name: '' }, '422 invalid_input ?portal_id /name'],
    ['', { name: 'n', portal_id }, '422 invalid_input /portal_id'],
    ['portal_id=a&portal_id=b', { name: 'n' }, '400 malformed_request'],
  ])('responds to ?%s with the body %j with %s', async (query, body, expected) => {
    expect(await verdict(await server.call('PUT', `/things/t?${query}`, json(body)))).toBe(expected);
  });
});

describe('responses', () => {
  test('have a Location with status 201', async () => {
    const response = await server.call('POST', '/shelves/s/things', json({ name: 'n' }));
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/api/things/a%2Fb');
  });

  test('have no body with status 204', async () => {
    const response = await server.call('DELETE', '/shelves/s/things/t');
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([204, '', null]);
  });

  test('need no token for a public call', async () => {
    expect((await server.call('POST', '/shelves/s/open', { as: '' })).status).toBe(202);
  });

  test('reveal nothing with status 500', async () => {
    const text = await (await server.call('GET', '/shelves/s/things?fail=bug')).text();
    expect(text).toContain('"code":"internal"');
    expect(text).not.toMatch(/hunter2|password|node:/);
  });
});

describe('paths', () => {
  test.each([
    ['GET', '/shelves/s/things/', '404 not_found'],
    ['GET', '/Shelves/s/things', '404 not_found'],
    ['GET', '/nothing', '404 not_found'],
    ['GET', '/shelves//things', '404 not_found'],
    ['GET', `/shelves/${'s'.repeat(21)}/things/t`, '404 not_found'],
    ['GET', `/shelves/${'s'.repeat(21)}/things?page=0`, '422 invalid_input ?page'],
    ['GET', '/shelves/%zz/things', '400 malformed_request'],
    ['PATCH', '/shelves/s/things', '405 method_not_allowed'],
  ])('%s %s results in %s', async (method, path, expected) => {
    expect(await verdict(await server.call(method, path))).toBe(expected);
  });

  test('list their allowed methods', async () => {
    const wrong = await server.call('PATCH', '/shelves/s/things');
    const asked = await server.call('OPTIONS', '/shelves/s/things', { as: '' });
    expect([asked.status, asked.headers.get('allow'), wrong.headers.get('allow')]).toEqual([
      204,
      'GET, HEAD, POST, OPTIONS',
      'GET, HEAD, POST, OPTIONS',
    ]);
  });

  test('respond to HEAD as to GET, without the body', async () => {
    const [head, got] = await Promise.all([
      server.call('HEAD', '/shelves/s/things'),
      server.call('GET', '/shelves/s/things'),
    ]);
    const length = String((await got.arrayBuffer()).byteLength);
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, length, '']);
  });
});

test.each([
  [undefined, 'application/problem+json'],
  ['*/*', 'application/problem+json'],
  ['application/*', 'application/problem+json'],
  ['text/html,application/xhtml+xml', 'application/problem+json'],
  ['application/problem+json, application/json', 'application/problem+json'],
  ['application/problem+json', 'application/problem+json'],
  ['application/json;q=0, */*', 'application/problem+json'],
  ['nonsense', 'application/problem+json'],
  ['application/json', 'application/json'],
  ['application/json, text/plain, */*', 'application/json'],
  ['Application/JSON; charset=utf-8', 'application/json'],
])('an error for a caller that accepts %s is %s', async (accept, type) => {
  const response = await server.call('GET', '/nowhere', accept === undefined ? {} : { headers: { accept } });
  expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  expect(await jsonOf(response)).toMatchObject({ status: 404, code: 'not_found', message: expect.any(String) });
});
