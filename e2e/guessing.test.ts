import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, newPortal, PASSWORD, recordOf } from './api.ts';
import { startSystem, type System } from './system.ts';

/** `npm run bench -- sign-in` measures how they slow down other callers. */
const GUESSES = 10_000;
const CALLERS = 32;
const [HERE, ELSEWHERE] = ['198.51.100.7', '203.0.113.9'];
/** The first guesses warm up the process. */
const WARMING = 7000;
/** Megabytes of memory that the remaining guesses can add. Ten kilobytes for each would be thirty. */
const GROWTH = 25;

/** A small heap, so that garbage is collected during the test and a memory leak shows. */
const HEAP = '--max-old-space-size=160';

let system: System;
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { TRUST_PROXY: '1', LOG_LEVEL: 'info', NODE_OPTIONS: HEAP } });
});
afterAll(() => system?.[Symbol.asyncDispose]());

async function megabytes(): Promise<number> {
  const headers = { authorization: `Bearer ${system.adminToken}` };
  const text = await (await fetch(`${system.url}/metrics`, { headers })).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
}

const p99 = (times: number[]): string => `${(times[Math.floor(times.length * 0.99)] ?? NaN).toFixed(1)} ms`;

it(`${String(GUESSES)} wrong passwords for one account neither lock out its owner nor delay other callers`, async () => {
  const portal = await newPortal(system, { registration_auto_approval: true });
  const login = `/api/portals/${portal}/auth/login`;
  const signIn = (password: string, address: string) =>
    call(system, `POST ${login}`, {
      token: null,
      body: { username: 'ada', password },
      headers: { 'x-forwarded-for': address },
    });
  const account = { username: 'ada', email: 'ada@example.org', password: PASSWORD };
  await call(system, `POST /api/portals/${portal}/auth/register`, { token: null, body: account });
  expect((await signIn(PASSWORD, HERE)).status).toBe(200);
  const timesOf = async (isOver: (done: number) => boolean): Promise<number[]> => {
    const times: number[] = [];
    while (!isOver(times.length)) {
      const begun = performance.now();
      expect((await call(system, `GET /api/portals/${portal}`)).status).toBe(200);
      times.push(performance.now() - begun);
    }
    return times.toSorted((a, b) => a - b);
  };

  const before = { times: await timesOf((done) => done === 500), megabytes: await megabytes() };
  const statuses: Record<number, number> = {};
  const guess = async (times: number): Promise<void> => {
    let left = times;
    const guessOn = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const response = await fetch(`${system.url}${login}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': HERE },
          body: JSON.stringify({ username: 'ada', password: `wrong ${String(left)}` }),
        });
        await response.arrayBuffer();
        statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, guessOn));
  };
  let isOver = false;
  const others = timesOf(() => isOver);
  const [owner] = await Promise.all([signIn(PASSWORD, ELSEWHERE), guess(WARMING)]);
  const warm = await megabytes();
  await guess(GUESSES - WARMING);
  isOver = true;
  const during = { times: await others, megabytes: await megabytes() };
  expect(owner.status).toBe(200);
  expect((await signIn(PASSWORD, ELSEWHERE)).status).toBe(200);
  expect((await signIn(PASSWORD, HERE)).status).toBe(429);
  expect(statuses).toEqual({ 401: 10, 429: GUESSES - 10 });
  console.log(
    `p99 of other calls: ${p99(before.times)} before, ${p99(during.times)} during; memory: ${before.megabytes.toFixed(0)} MB before, ${warm.toFixed(0)} MB after warming up, ${during.megabytes.toFixed(0)} MB at the end`,
  );
  expect(during.megabytes - warm).toBeLessThan(GROWTH);

  await system.api.kill('SIGTERM');
  const lines = system.api
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => recordOf(JSON.parse(line)));
  // Simultaneous guesses can reach the limit of their address before the limit of the account.
  const told = lines.filter(({ limit }) => limit === 'login_by_account' || limit === 'login_by_address');
  expect(told[0]).toMatchObject({ level: 40, msg: 'rate limit reached' });
  expect(told.length).toBeLessThan(6);
  const refused = told.reduce((sum, line) => sum + Number(line['refused'] ?? 1), 0);
  expect(refused).toBe(GUESSES - 10 + 1);
  expect(told.filter(({ refused: count }) => count !== undefined).map(({ keys }) => keys)).toContain(1);
  expect(lines.filter(({ path }) => path === login)).toHaveLength(10 + 3);
  expect(JSON.stringify(told)).not.toContain('ada');
});
