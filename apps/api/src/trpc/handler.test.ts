import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest();
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

test('responds with the same problem as REST', async () => {
  const rest = await jsonOf(await gatehouse.api('/api/portals/unknown', { headers: { 'x-request-id': 'one' } }));
  const input = encodeURIComponent(JSON.stringify({ portal_id: 'unknown' }));
  const response = await gatehouse.api(`/trpc/portals.get?input=${input}`, { headers: { 'x-request-id': 'one' } });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    error: { data: { httpStatus: 404, problem: { ...rest, instance: '/trpc/portals.get' } } },
  });
});

test.each([
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'text/plain',
  'application/x-www-form-urlencoded',
])('rejects %s', async (type) => {
  const response = await gatehouse.fetch('/trpc/portals.create', {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': type },
    body: '{}',
  });
  expect(response.status).toBe(415);
  expect(response.headers.get('content-type')).toBe('application/json');
});

test('accepts a batch of twenty calls', async () => {
  const batch = (size: number) =>
    gatehouse.api(
      `/trpc/${Array(size).fill('portals.list').join(',')}?batch=1&input=${encodeURIComponent(JSON.stringify(Object.fromEntries(Array(size).fill({}).entries())))}`,
    );
  expect((await batch(20)).status).toBe(200);
  expect((await batch(21)).status).toBe(400);
});
