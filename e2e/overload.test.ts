import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from './api.ts';
import { startSystem, type System } from './system.ts';

/** Lists that four connections can answer in a second, each of which takes 50 ms. */
const CAPACITY = 80;
const SECONDS = 4;
/** Milliseconds between two requests of four times that load. */
const PAUSE = 1000 / (4 * CAPACITY);

let system: System;
let tokens: string[];
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { LOG_LEVEL: 'warn' } });
  tokens = await Promise.all(Array.from({ length: 4 }, newToken));
  await system.sql('alter table email rename to real_email');
  await system.sql('create view email as select r.* from (select pg_sleep(0.05)) s, real_email r');
});
afterAll(() => system?.[Symbol.asyncDispose]());

async function newToken(): Promise<string> {
  const body = { kind: 'admin', name: 'load', scopes: ['emails:read'] };
  const response = await call(system, 'POST /api/tokens', { body });
  const [, token = ''] = /"token":"([^"]+)"/.exec(JSON.stringify(response)) ?? [];
  return token;
}

type Answer = { status: number; retryAfter: string | null };

async function list(token: string): Promise<Answer> {
  const response = await fetch(`${system.url}/api/emails`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

it('refuses what it cannot take with 429 or 503, stays healthy and recovers', { timeout: 60_000 }, async () => {
  const answers: Promise<Answer>[] = [];
  const checks: Promise<Response>[] = [];
  const begun = performance.now();
  while (performance.now() - begun < SECONDS * 1000) {
    while (answers.length * PAUSE < performance.now() - begun)
      answers.push(list(tokens[answers.length % tokens.length] ?? ''));
    if (answers.length > checks.length * 100) checks.push(fetch(`${system.url}/livez`), fetch(`${system.url}/readyz`));
    await delay(5);
  }
  const all = await Promise.all(answers);
  const statuses = new Set(all.map(({ status }) => status));
  expect([...statuses]).toEqual(expect.arrayContaining([200, 503]));
  expect([...statuses].filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
  expect(all.filter(({ status, retryAfter }) => status !== 200 && retryAfter === null)).toEqual([]);
  expect(new Set((await Promise.all(checks)).map(({ status }) => status))).toEqual(new Set([200]));
  for (const token of tokens) expect((await list(token)).status).toBe(200);
});
