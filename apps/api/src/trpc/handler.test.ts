import pg from 'pg';
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

const batch = (call: string, size: number): Promise<Response> => {
  const input = encodeURIComponent(JSON.stringify(Object.fromEntries(Array(size).fill({}).entries())));
  return gatehouse.api(`/trpc/${Array(size).fill(call).join(',')}?batch=1&input=${input}`);
};

test('accepts a batch of twenty calls', async () => {
  expect((await batch('portals.list', 20)).status).toBe(200);
  expect((await batch('portals.list', 21)).status).toBe(400);
});

test('the queries of a batch answer at most 5 MB, and each one 2 MB by itself', async () => {
  const client = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await client.connect();
  await client.query(`insert into portal (id, name, slug, labels, settings, created_at, updated_at)
    select gen_random_uuid(), n, 'large' || n, jsonb_build_object('k', repeat('x', 300000)), '{}', now(), now()
    from generate_series(1, 8) n`);
  await client.end();
  const one = await gatehouse.api('/trpc/portals.list');
  expect((await one.text()).length).toBeGreaterThan(1_700_000);
  const answer = await (await batch('portals.list', 6)).text();
  expect(answer.length).toBeLessThan(5_100_000);
  expect(answer.match(/"result"/g)).toHaveLength(2);
  expect(answer.match(/The queries of a batch can return at most 5 MB/g)?.length).toBeGreaterThanOrEqual(4);
});
