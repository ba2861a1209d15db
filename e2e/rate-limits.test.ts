import { randomUUID } from 'node:crypto';
import { freePort } from '@gatehouse/testing/server-process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, newPortal, PASSWORD } from './api.ts';
import { startSystem, type System } from './system.ts';

let system: System;
let portal: string;
beforeAll(async () => {
  system = await startSystem({ workerRuns: false });
  portal = await newPortal(system);
});
afterAll(() => system?.[Symbol.asyncDispose]());

it('all processes share their rate limits in PostgreSQL or Redis, and 5xx responses do not count', async () => {
  const port = String(await freePort());
  const second = system.anotherApi({ PORT: port });
  await second.start();
  const places = [system, { ...system, url: `http://127.0.0.1:${port}` }];
  const register = async (place: number, email: string) => {
    const body = { username: randomUUID(), email, password: PASSWORD };
    const at = places[place % 2] ?? system;
    return call(at, `POST /api/portals/${portal}/auth/register`, { token: null, body });
  };
  try {
    // Without the table, the call fails.
    await system.sql('alter table developer rename to away');
    expect((await register(0, 'ada@example.org')).status).toBeGreaterThanOrEqual(500);
    await system.sql('alter table away rename to developer');
    for (let n = 0; n < 5; n += 1) expect((await register(n, 'ada@example.org')).status).toBe(202);
    for (const place of [0, 1]) {
      const refused = await register(place, 'ADA@example.org');
      expect(refused.body).toMatchObject({ status: 429, code: 'rate_limited' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
      expect((await register(place, 'eve@example.org')).status).toBe(202);
    }
  } finally {
    await second.kill();
  }
});
