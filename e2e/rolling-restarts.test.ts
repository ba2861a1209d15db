import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@gatehouse/testing/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPortal } from './api.ts';
import { findNginx, startNginx } from './nginx.ts';
import { type App, startSystem, type System } from './system.ts';

/** Restarts for each of the two ways to connect. More than 2 need an otherwise idle machine. */
const RESTARTS = Number(process.env['TEST_RESTARTS'] ?? 2);
const CALLERS = RESTARTS > 2 ? 64 : 16;

/** The configuration that docs/operations.md recommends. */
const DOCUMENTED = /```nginx\n(upstream [\s\S]+?)```/.exec(
  readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8'),
)?.[1];

/** The same configuration with one connection for each request. */
const withoutKeepAlive = (text: string): string =>
  text.replace(/ +keepalive .*\n/, '').replace(/ +proxy_http_version .*\n/, '');

let system: System;
/** One portal for each caller, so that callers do not wait for each other's changes. */
let portals: string[];
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { LOG_LEVEL: 'warn' } });
  portals = [];
  for (let n = 0; n < CALLERS; n += 1) portals.push(await newPortal(system));
});
afterAll(() => system?.[Symbol.asyncDispose]());

describe.runIf(findNginx() ?? process.env['TEST_GATEWAYS'] === 'required')('consecutive restarts behind nginx', () => {
  it.each([
    ['with connections kept alive', (text: string) => text],
    ['with a connection for each request', withoutKeepAlive],
  ])(
    'fail no request, %s',
    async (_how, change) => {
      await using stack = await twoBehindNginx(change(DOCUMENTED ?? ''));
      const results: string[] = [];
      const stop = new AbortController();
      const calling = Array.from({ length: CALLERS }, (_, n) => callOnAndOn(stack.port, n, { results, stop }));
      for (let n = 0; n < RESTARTS; n += 1) {
        const api = stack.apis[n % 2];
        await api?.kill('SIGTERM');
        await api?.start();
      }
      stop.abort();
      await Promise.all(calling);
      expect(results.length).toBeGreaterThan(RESTARTS * 10);
      expect(results.filter((result) => result !== '200')).toEqual([]);
    },
    120_000 + RESTARTS * 20_000,
  );
});

/** Starts two api processes, and nginx with this configuration in front of them. */
async function twoBehindNginx(settings: string) {
  await using made = new AsyncDisposableStack();
  const [first, second] = [await freePort(), await freePort()];
  const apis: App[] = [];
  for (const port of [first, second]) {
    const api = system.anotherApi({ PORT: String(port), TRUST_PROXY: '127.0.0.1' });
    made.defer(() => api.kill('SIGKILL'));
    await api.start();
    apis.push(api);
  }
  const filled = (port: number): string =>
    settings
      .replace('8080', `127.0.0.1:${String(port)}`)
      .replace('3001', String(first))
      .replace('3002', String(second));
  const { port } = made.use(await startNginx((ground) => `access_log off; ${filled(ground.port)}`));
  const held = made.move();
  return { port, apis, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

type Calls = { results: string[]; stop: AbortController };

/** Alternates reads and changes, because by default nginx does not retry PATCH and POST. */
async function callOnAndOn(port: number, n: number, { results, stop }: Calls): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let turn = n; !stop.signal.aborted; turn += 1) {
    const body = turn % 2 === 0 ? JSON.stringify({ name: `portal ${String(n)}` }) : null;
    results.push(await once({ agent, port, portal: portals[n] ?? '' }, body));
    await delay(5);
  }
  agent.destroy();
}

type Target = { agent: Agent; port: number; portal: string };

function once({ agent, port, portal }: Target, body: string | null): Promise<string> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${system.adminToken}`,
      ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const method = body === null ? 'GET' : 'PATCH';
    const asked = request(
      { agent, host: '127.0.0.1', port, method, path: `/api/portals/${portal}`, headers },
      (answer) => {
        answer.resume().once('end', () => resolve(String(answer.statusCode)));
      },
    );
    asked.once('error', (error) => resolve(error.message)).end(body ?? undefined);
  });
}
