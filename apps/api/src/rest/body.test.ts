import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { json, serveFakeApi, verdict, type FakeServer, type Sent } from '../testing/fake-server.ts';
import { jsonOf } from '../testing/serve.ts';

let server: FakeServer;
beforeAll(async () => {
  server = await serveFakeApi();
});
afterAll(() => server[Symbol.asyncDispose]());

test('is optional if every field is', async () => {
  const response = await server.call('POST', '/shelves/s/things/t/poke');
  expect(response.status).toBe(200);
  expect((await jsonOf(response))['echo']).toEqual({ shelf_id: 's', thing_id: 't' });
});

test.each([
  [[1], '422 invalid_input '],
  ['x', '422 invalid_input '],
  [{}, '422 invalid_input /name'],
  [{ name: 'n', 'a/b~c': 1 }, '422 invalid_input /a~1b~0c'],
  [{ name: 'n', shelf_id: 'EVIL' }, '422 invalid_input /shelf_id'],
  [{ name: '', shelf_id: 'EVIL' }, '422 invalid_input /shelf_id /name'],
  [{ name: 'n', labels: { k: 1 } }, '422 invalid_input /labels/k'],
])('%j results in %s', async (body, expected) => {
  expect(await verdict(await server.call('POST', '/shelves/s/things', json(body)))).toBe(expected);
});

test('cannot set a prototype', async () => {
  const sent = { type: 'application/json', body: '{"name":"n","__proto__":{"page":1}}' };
  expect(await verdict(await server.call('POST', '/shelves/s/things', sent))).toBe('422 invalid_input /__proto__');
});

test.each([
  'application/json; charset=UTF-8',
  'application/json; charset="utf8"',
  'application/vnd.gatehouse+json',
  'Application/JSON',
])('can be %s', async (type) => {
  expect((await server.call('POST', '/shelves/s/things', json({ name: 'n' }, { type }))).status).toBe(201);
});

test.each([
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'json',
  'text/json',
])('cannot be %s', async (type) => {
  expect(await verdict(await server.call('POST', '/shelves/s/things', json({ name: 'n' }, { type })))).toBe(
    '415 unsupported_media_type',
  );
});

test('can be compressed, but not beyond the limit', async () => {
  const gzip = (text: string): Sent => ({
    type: 'application/json',
    body: new Uint8Array(gzipSync(text)),
    headers: { 'content-encoding': 'gzip' },
  });
  expect((await server.call('POST', '/shelves/s/things', gzip('{"name":"n"}'))).status).toBe(201);
  expect(await verdict(await server.call('POST', '/shelves/s/things', gzip(' '.repeat(600_000))))).toBe(
    '413 body_too_large',
  );
});

test.each(['zip', 'compress', 'gzip, br'])('cannot be compressed with %s', async (encoding) => {
  const sent = json({}, { headers: { 'content-encoding': encoding } });
  expect(await verdict(await server.call('POST', '/shelves/s/things', sent))).toBe('415 unsupported_media_type');
});

test.each(['gzip', 'deflate', 'br', 'zstd'])(
  'is rejected if it is not compressed with %s as declared',
  async (encoding) => {
    const sent = json({ name: 'n' }, { headers: { 'content-encoding': encoding } });
    const response = await server.call('POST', '/shelves/s/things', sent);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('The body does not match its Content-Encoding.');
  },
);
