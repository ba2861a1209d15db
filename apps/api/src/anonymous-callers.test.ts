import { gzipSync } from 'node:zlib';
import { Problem } from '@gatehouse/contract/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

let gatehouse: ApiTest;
let register: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { TRUST_PROXY: '1' } });
  const { id } = await jsonOf(await gatehouse.api('/api/portals', { json: { name: 'Main', slug: 'main' } }));
  register = `/api/portals/${String(id)}/auth/register`;
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

let clients = 0;
/** Makes a request without a token, from a new client address unless one is given. */
function send(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  clients += 1;
  const from = `203.0.113.${String(clients)}`;
  return gatehouse.fetch(path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from, ...headers },
  });
}
const trpc = '/trpc/auth.register';
const many = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${String(n)}`, 1])));

describe('a body of a caller without a token', () => {
  test.each([
    ['REST', () => register],
    ['tRPC', () => trpc],
    ['a page', () => '/portals/main/register'],
  ])('can have at most 16 KB at %s, compressed or not', async (_what, path) => {
    const form = path().startsWith('/portals/')
      ? { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
      : {};
    const body = JSON.stringify({ x: 'x'.repeat(17_000) });
    expect((await send(path(), body, form)).status).toBe(413);
    expect((await send(path(), gzipSync(body), { 'content-encoding': 'gzip', ...form })).status).toBe(413);
    expect((await send(path(), gzipSync('{}'), { 'content-encoding': 'gzip', ...form })).status).not.toBe(413);
  });

  test('can be larger with a token', async () => {
    const json = { name: 'x', slug: 'x', x: 'x'.repeat(17_000) };
    expect((await gatehouse.api('/api/portals', { json })).status).toBe(422);
    expect((await gatehouse.api('/trpc/portals.create', { json })).status).toBe(422);
  });

  test.each([
    ['REST', () => register],
    ['tRPC', () => trpc],
  ])('with many wrong fields is answered with a limited number of them at %s', async (_what, path) => {
    const response = await send(path(), many(1000));
    const text = await response.text();
    expect(response.status).toBe(422);
    expect(text.length).toBeLessThan(8000);
    const answered: unknown = JSON.parse(text);
    const problem = path() === trpc ? problemIn(answered) : Problem.parse(answered);
    expect(problem.errors).toHaveLength(20);
    expect(problem.errors_omitted).toBeGreaterThan(980);
    expect(problem.detail).toMatch(/; and \d+ more$/);
  });

  test.each([
    ['a long name', JSON.stringify({ ['n'.repeat(15_000)]: 1 })],
    ['prototype keys', `{"labels":{${'"__proto__":1,'.repeat(900)}"a":"b"}}`],
    ['nested prototype keys', `${'{"a":{"__proto__":1},"b":'.repeat(500)}1${'}'.repeat(500)}`],
    ['deep arrays', `{"username":${'['.repeat(7000)}${']'.repeat(7000)}}`],
    ['a long address', JSON.stringify({ username: 'a', password: 'b'.repeat(2000), email: `a@${'a.'.repeat(6000)}a` })],
    ['a long local part', JSON.stringify({ username: 'a'.repeat(5000), email: `${'a.'.repeat(4000)}@a` })],
  ])('with %s is rejected fast, with a short response', async (_what, body) => {
    const begun = performance.now();
    const response = await send(register, body);
    expect(response.status).toBe(422);
    expect((await response.text()).length).toBeLessThan(8000);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

const InTrpc = z.object({ error: z.object({ data: z.object({ problem: Problem }) }) });
const problemIn = (answered: unknown): Problem => InTrpc.parse(answered).error.data.problem;

test.each(['/api/portals?', '/nothing/', '/portals/main/'])(
  'a long target %s is not repeated in the response',
  async (start) => {
    const path = start + Array.from({ length: 500 }, (_, n) => `unknown${String(n)}=1`).join('&');
    const response = await gatehouse.api(path, { headers: { accept: 'application/json' } });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect((await response.text()).length).toBeLessThan(8000);
  },
);

describe('invalid calls without a token', () => {
  test('are counted: after many, the client is rejected before its body is read', async () => {
    const from = { 'x-forwarded-for': '198.51.100.1' };
    const statuses = new Map<number, number>();
    for (let n = 0; n < 130; n += 1) {
      const { status } = await send(register, '{', from);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [400, 120],
      [429, 10],
    ]);
    const refused = await send(trpc, '{}', from);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await send(register, '{')).status).toBe(400);
  });

  test('leave few lines in the log', async () => {
    const lines = () =>
      gatehouse
        .log()
        .split('\n')
        .filter((line) => /^\{"level":[345]0.*"path":"\/nothing\/\d/.test(line));
    for (let n = 0; n < 50; n += 1) await gatehouse.api(`/nothing/${String(n)}`, { token: '' });
    expect(lines().length).toBeLessThanOrEqual(10);
  });
});
