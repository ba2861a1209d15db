import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPortal } from './api.ts';
import { KINDS } from './bad-clients.ts';
import { startProcess } from './process.ts';
import { startSystem, type System } from './system.ts';

/** More than 200 need an otherwise idle machine, because the clients alone keep two cores busy. */
const CLIENTS = Number(process.env['TEST_CLIENTS'] ?? 200);
const CALLS = CLIENTS > 200 ? 1000 : 200;
/** Number of measurements. More than one, because other work on the machine can slow one down. */
const ATTEMPTS = 4;
/** Milliseconds below which a difference is noise, from the machine or from tests that run at the same time. */
const NOISE = CLIENTS > 200 ? 5 : 25;

let system: System;
let portal: string;
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { LOG_LEVEL: 'warn' } });
  portal = await newPortal(system);
  await p99();
});
afterAll(() => system?.[Symbol.asyncDispose]());

const openFiles = (): number => readdirSync(`/proc/${String(system.api.pid())}/fd`).length;

it.each(KINDS)(
  'misbehaving clients do not slow down other clients: %s',
  async (kind) => {
    const before = openFiles();
    const quiet = [await p99()];
    const { port } = new URL(system.url);
    const bad = await startProcess({ script: 'e2e/bad-clients.ts', args: [port, String(CLIENTS), kind], env: {} });
    const beside: number[] = [];
    try {
      while (beside.length < ATTEMPTS && Math.min(...beside) > 3 * Math.max(NOISE, ...quiet)) beside.push(await p99());
    } finally {
      await bad.kill('SIGKILL');
    }
    quiet.push(await p99());
    expect(Math.min(...beside)).toBeLessThanOrEqual(3 * Math.max(NOISE, ...quiet));
    await expect.poll(openFiles, { timeout: 20_000 }).toBeLessThanOrEqual(before + 5);
  },
  180_000,
);

/** The 99th percentile of the response times of calls with a token, in milliseconds. */
async function p99(): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    const begun = performance.now();
    expect(await get(agent)).toBe(200);
    times.push(performance.now() - begun);
  }
  agent.destroy();
  return times.toSorted((a, b) => a - b)[Math.floor(CALLS * 0.99)] ?? Infinity;
}

const get = (agent: Agent): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${system.adminToken}` };
    request(`${system.url}/api/portals/${portal}`, { agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    })
      .once('error', reject)
      .end();
  });
