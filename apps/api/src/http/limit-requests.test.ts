import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { jsonOf, serve } from '../testing/serve.ts';
import { allowOrigins } from './cors.ts';
import { limitRequests } from './limit-requests.ts';
import { createMetrics } from './metrics.ts';

const MOST = 5;
const APP = 'https://app.example';
const none = () => Promise.reject(new Error('no database'));

async function limited() {
  const waiting: ServerResponse[] = [];
  const listener = limitRequests((req, res) => void req.resume().once('end', () => waiting.push(res)), {
    logger: pino({ level: 'silent' }),
    metrics: createMetrics({ pool: none, backlog: none }),
    allow: allowOrigins([APP]),
    most: MOST,
  });
  const server = await serve(listener);
  const answerAll = () => waiting.splice(0).forEach((res) => res.end());
  return { server, waiting, answerAll, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

it('refuses requests beyond the limit with 503, except health checks, and takes new ones afterwards', async () => {
  await using test = await limited();
  const { server, waiting, answerAll } = test;
  const calls = Array.from({ length: MOST }, () => server.fetch('/'));
  await expect.poll(() => waiting.length).toBe(MOST);
  const refused = await server.fetch('/api/portals', { method: 'POST', body: 'x'.repeat(10_000) });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(await jsonOf(refused)).toMatchObject({ status: 503, code: 'overloaded' });
  const checks = ['/livez', '/readyz', '/metrics'].map((path) => server.fetch(path));
  await expect.poll(() => waiting.length).toBe(MOST + checks.length);
  answerAll();
  for (const { status } of await Promise.all([...calls, ...checks])) expect(status).toBe(200);
  const next = server.fetch('/');
  await expect.poll(() => waiting.length).toBe(1);
  answerAll();
  expect((await next).status).toBe(200);
});

it('lets pages of listed origins read the refusal, and answers their preflights', async () => {
  await using test = await limited();
  const { server, waiting, answerAll } = test;
  const calls = Array.from({ length: MOST }, () => server.fetch('/'));
  await expect.poll(() => waiting.length).toBe(MOST);
  const allowed = ({ status, headers }: Response) => [status, headers.get('access-control-allow-origin')];
  const from = (origin: string) => ({ headers: { origin } });
  const preflight = { method: 'OPTIONS', headers: { origin: APP, 'access-control-request-method': 'POST' } };
  const refused = await server.fetch('/api/portals', from(APP));
  expect(allowed(refused)).toEqual([503, APP]);
  expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
  expect(refused.headers.get('vary')).toBe('Origin');
  expect(allowed(await server.fetch('/trpc/portals.list', preflight))).toEqual([204, APP]);
  expect(allowed(await server.fetch('/api/portals', from('https://evil.example')))).toEqual([503, null]);
  expect(allowed(await server.fetch('/portals/main', from(APP)))).toEqual([503, null]);
  answerAll();
  for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
});

it('does not count requests whose body has not arrived, or whose caller has disconnected', async () => {
  await using test = await limited();
  const { server, waiting, answerAll } = test;
  const { hostname, port } = new URL(server.url);
  const slow = Array.from({ length: MOST }, () => connect(Number(port), hostname));
  for (const socket of slow) socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx');
  const gone = Array.from({ length: MOST }, () => new AbortController());
  const aborted = gone.map(({ signal }) => server.fetch('/', { signal }).catch(() => null));
  await expect.poll(() => waiting.length).toBe(MOST);
  for (const controller of gone) controller.abort();
  await Promise.all(aborted);
  await expect.poll(() => waiting.every(({ destroyed }) => destroyed)).toBe(true);
  waiting.splice(0);
  const call = server.fetch('/');
  await expect.poll(() => waiting.length).toBe(1);
  answerAll();
  expect((await call).status).toBe(200);
  for (const socket of slow) socket.destroy();
});
