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

test('limits count calls of a batch and of REST together, ignoring case', async () => {
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

test('limits treat an address as the same in every spelling of its domain', async () => {
  const domains = [
    'bücher.example',
    'BU\u0308CHER.example',
    'xn--bcher-kva.example',
    'ｂücher.example',
    'bücher。example',
  ];
  const statuses = [];
  for (const domain of [...domains, ...domains]) {
    const json = { username: randomUUID(), email: `ida@${domain}`, password: PASSWORD };
    const { status } = await gatehouse.api(`/api/portals/${portalId}/auth/register`, { token: '', json });
    statuses.push(status);
  }
  expect(statuses).toEqual([...Array(5).fill(202), ...Array(5).fill(429)]);
});

const signIn = (username: string) =>
  gatehouse.api(`/api/portals/${portalId}/auth/login`, { token: '', json: { username, password: 'wrong' } });
const counts = () => rows('select key, points, expire from rate_limit order by key');

test('an attempt that a limit rejects writes nothing, neither for its account nor for its address', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 20; n += 1) statuses.push((await signIn('ada')).status);
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(10).fill(429)]);
  expect(Number((await signIn('ada')).headers.get('retry-after'))).toBeGreaterThan(500);
  const points = `select points from rate_limit where key like 'login_by_a%' order by key`;
  expect(await rows(points)).toEqual([{ points: 10 }, { points: 10 }]);
  for (let n = 0; n < 20; n += 1) await signIn(`somebody ${String(n)}`);
  const before = await counts();
  const refused = await Promise.all(Array.from({ length: 50 }, (_, n) => signIn(`another ${String(n)}`)));
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([429]));
  expect(await counts()).toEqual(before);
});

test('attempts that fail because of an outage do not count', async () => {
  const json = { email: 'outage@example.com', password: PASSWORD };
  const register = async () =>
    (
      await gatehouse.api(`/api/portals/${portalId}/auth/register`, {
        token: '',
        json: { ...json, username: randomUUID() },
      })
    ).status;
  const before = await counts();
  await rows('alter table developer rename to mislaid');
  const during = [];
  for (let n = 0; n < 8; n += 1) during.push(await register());
  await rows('alter table mislaid rename to developer');
  expect(during).toEqual(Array(8).fill(500));
  const points = (list: object[]) => list.filter((row) => !('points' in row && row.points === 0)).length;
  expect(points(await counts())).toBe(points(before));
  const after = [];
  for (let n = 0; n < 6; n += 1) after.push(await register());
  expect(after).toEqual([...Array(5).fill(202), 429]);
});

test('a developer makes 60 changes a minute, in person and through portal tokens together', async () => {
  await gatehouse.api(`/api/portals/${portalId}/developers/invites`, {
    json: { username: 'busy', password: PASSWORD },
  });
  const [developer] = await rows<{ developer_id: string }>(
    `update developer set must_change_password = false where username = 'busy' returning developer_id`,
  );
  const { token } = await jsonOf(
    await gatehouse.api('/api/tokens', { json: { kind: 'portal', name: 'front end', portal_id: portalId } }),
  );
  const change = (n: number) =>
    gatehouse.api('/api/applications', {
      token: String(token),
      json: { name: `Application ${String(n)}` },
      headers: { 'x-portal-developer-id': developer?.developer_id ?? '' },
    });
  const answers: Response[] = [];
  // Few enough at once to get a connection in time on a slow machine.
  while (answers.length < 70)
    answers.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => change(answers.length + n)))));
  const allowed = answers.filter(({ status }) => status === 201);
  expect([allowed.length, answers.length - allowed.length]).toEqual([60, 10]);
  const refused = answers.find(({ status }) => status === 429);
  expect(await codeOf(refused ?? Response.error())).toBe('rate_limited');
  expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  const written = `select 1 from event where name = 'application.created'`;
  expect(await rows(written)).toHaveLength(60);
  const list = await gatehouse.api('/api/applications', {
    token: String(token),
    headers: { 'x-portal-developer-id': developer?.developer_id ?? '' },
  });
  expect(list.status).toBe(200);
  // The portal itself is trusted and has no such limit.
  const ref = `/api/portals/${portalId}/developers/${developer?.developer_id ?? ''}`;
  expect((await gatehouse.api(ref, { method: 'PATCH', json: { name: 'Busy' } })).status).toBe(200);
});

test('limits do not store addresses', async () => {
  const kept = await rows<{ key: string }>('select key from rate_limit');
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.map(({ key }) => key).join()).not.toMatch(/example|127\.0/i);
});

test('a count by a process whose clock was a day ahead does not block callers for a day', async () => {
  const statuses = new Set<number>();
  for (let n = 0; n < 31; n += 1) statuses.add((await signIn('grace')).status);
  expect(statuses).toContain(429);
  await rows(`update rate_limit set expire = expire + 86400000 where key like 'login_by%'`);
  // A refusal is cached for a second after the last attempt.
  await expect.poll(async () => (await signIn('grace')).status, { timeout: 8000, interval: 1500 }).toBe(401);
});
