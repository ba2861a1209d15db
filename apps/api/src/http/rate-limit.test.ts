import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

const PASSWORD = 'correct horse battery staple';
let gatehouse: ApiTest;
let portalId: string;
beforeAll(async () => {
  gatehouse = await apiTest();
  const portal = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'P', slug: 'p' } }));
  portalId = String(portal['id']);
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

async function rows<T extends object>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const codeOf = async (response: Response): Promise<unknown> => (await jsonOf(response))['code'];

test('limits count every call of a batch and of REST together, without case', async () => {
  const call = (email: string) => ({ portal_id: portalId, username: randomUUID(), email, password: PASSWORD });
  const calls = Object.fromEntries(Array.from({ length: 4 }, () => call('Rate@example.com')).entries());
  const batch = await gatehouse.api(`/trpc/${Array(4).fill('auth.register').join(',')}?batch=1`, {
    token: '',
    json: calls,
  });
  expect(batch.status).toBe(200);
  const { portal_id: _, ...body } = call('rate@EXAMPLE.com');
  const rest = () =>
    gatehouse.api(`/api/portals/${portalId}/auth/register`, { token: '', json: { ...body, username: randomUUID() } });
  expect((await rest()).status).toBe(202);
  const refused = await rest();
  expect(await codeOf(refused)).toBe('rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
});

test('whoever goes on and on is refused from memory', async () => {
  const guess = () =>
    gatehouse.api(`/api/portals/${portalId}/auth/login`, { token: '', json: { username: 'ada', password: 'wrong' } });
  const statuses: number[] = [];
  for (let n = 0; n < 40; n += 1) statuses.push((await guess()).status);
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(30).fill(429)]);
  expect(Number((await guess()).headers.get('retry-after'))).toBeGreaterThan(500);
  const counted = await rows<{ points: number }>(`select points from rate_limit where key like 'login_by_account:%'`);
  expect(counted).toEqual([{ points: 20 }]);
});

test('limits keep no address', async () => {
  const kept = await rows<{ key: string }>('select key from rate_limit');
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.map(({ key }) => key).join()).not.toMatch(/example|127\.0/i);
});
