import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import { freePort } from '@gatehouse/sso/testing/peer-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPortal } from './api.ts';
import { findGateway, spawnServer } from './gateway-server.ts';
import { comesUp, stopProgram } from './program.ts';
import { type App, startSystem, type System } from './system.ts';

/** Of each of the two ways to connect. More than 2 need a machine that runs nothing else. */
const RESTARTS = Number(process.env['TEST_RESTARTS'] ?? 2);
const CALLERS = RESTARTS > 2 ? 64 : 16;

/** The settings that docs/operations.md recommends. */
const DOCUMENTED = /```nginx\n(upstream [\s\S]+?)```/.exec(
  readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8'),
)?.[1];

/** The same without connections that are kept alive: one for each request. */
const withoutKeepAlive = (text: string): string =>
  text.replace(/ +keepalive .*\n/, '').replace(/ +proxy_http_version .*\n/, '');

let system: System;
/** One for each caller: they must wait for the restarts, not for each other's changes. */
let portals: string[];
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { LOG_LEVEL: 'warn' } });
  portals = [];
  for (let n = 0; n < CALLERS; n += 1) portals.push(await newPortal(system));
});
afterAll(() => system?.[Symbol.asyncDispose]());

const nginx = findGateway('nginx');

describe.runIf(nginx ?? process.env['TEST_GATEWAYS'] === 'required')(
  'restarts one after the other behind nginx',
  () => {
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
  },
);

/** Two api processes, and nginx with these settings in front of them. */
async function twoBehindNginx(settings: string) {
  await using made = new AsyncDisposableStack();
  const ports = [await freePort(), await freePort(), await freePort()] as const;
  const apis: App[] = [];
  for (const port of ports.slice(1)) {
    const api = system.anotherApi({ PORT: String(port), TRUST_PROXY: '127.0.0.1' });
    made.defer(() => api.kill('SIGKILL'));
    await api.start();
    apis.push(api);
  }
  const directory = createScratchDirectory('rolling');
  made.defer(() => rmSync(directory, { recursive: true, force: true }));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  const filled = settings
    .replace('8080', `127.0.0.1:${String(ports[0])}`)
    .replace('3001', String(ports[1]))
    .replace('3002', String(ports[2]));
  writeFileSync(
    join(directory, 'main.conf'),
    `daemon off; pid ${directory}/nginx.pid; worker_processes 1; error_log stderr;
     events { worker_connections 1024; }
     http { access_log off; ${temporary.join(' ')} ${filled} }`,
  );
  const server = spawnServer(
    nginx ?? '',
    ['-e', 'stderr', '-p', directory, '-c', join(directory, 'main.conf')],
    directory,
  );
  let output = '';
  server.stderr?.on('data', (chunk) => (output += String(chunk)));
  made.defer(() => stopProgram(server));
  if (!(await comesUp(server, ports[0]))) throw new Error(`nginx did not start:\n${output}`);
  const held = made.move();
  return { port: ports[0], apis, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

type Calls = { results: string[]; stop: AbortController };

/** Reads and writes in turns: nginx repeats no PATCH and no POST by itself. */
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
