import { request, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createHttpServer, listen, SERVER_LIMITS, type ServerLimits } from './server.ts';

const QUICK: ServerLimits = { ...SERVER_LIMITS, headersTimeout: 300, requestTimeout: 600, stallTimeout: 900 };
/** More than the kernel buffers for a client that does not read. */
const BIG = Buffer.alloc(16 * 1024 * 1024);

const answer: RequestListener = (req, res) => {
  if (req.headers['x-echo']) res.setHeader('Content-Length', (req.url ?? '').length).end(req.url);
  else if (req.url === '/big') res.end(BIG);
  else if (req.url === '/never') return;
  else req.resume().once('end', () => res.end('ok'));
};

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
});

async function started(limits: ServerLimits = QUICK, isProxy = false) {
  let isDraining = false;
  const http = createHttpServer(answer, {
    isProxy: () => isProxy,
    isDraining: () => isDraining,
    pace: () => Promise.resolve(),
    limits,
  });
  const port = await listen(http.server, { host: '127.0.0.1', port: 0 });
  cleanUp.push(() => http.server.closeAllConnections());
  cleanUp.push(() => http.server.close());
  const open = (bytes = ''): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).write(bytes);
    cleanUp.push(() => socket.destroy());
    return socket;
  };
  const close = (): Promise<void> => {
    isDraining = true;
    return http.close();
  };
  const isEmpty = () => expect.poll(() => http.connections.size, { timeout: 5000, interval: 20 }).toBe(0);
  return { port, open, close, isEmpty, connections: http.connections };
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test.each([
  ['say nothing', ''],
  ['send headers slowly', 'GET / HTTP/1.1\r\nHost:'],
  ['send a body slowly', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx'],
  ['do not read a response', 'GET /big HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['get no response', 'GET /never HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['do not send HTTP', '\x16\x03\x01 nonsense\r\n\r\n'],
])('connections that %s are released', async (_what, bytes) => {
  const { open, isEmpty, connections } = await started();
  const sockets = Array.from({ length: 20 }, () => open(bytes).pause());
  await expect.poll(() => connections.size).toBe(20);
  await isEmpty();
  expect(sockets).toHaveLength(20);
});

test('a rejected connection is closed soon, even if its response is not read', async () => {
  const { open, isEmpty, connections } = await started(SERVER_LIMITS);
  open('NONSENSE\r\n\r\n').pause();
  await expect.poll(() => connections.size).toBe(1);
  await isEmpty();
});

test.each([
  ['408', 'GET / HTTP/1.1\r\nHost:', 'request_timeout'],
  ['431', `GET / HTTP/1.1\r\nHost: x\r\nCookie: a=${'x'.repeat(60_000)}\r\n\r\n`, 'headers_too_large'],
  ['431', `GET /${'x'.repeat(60_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 'headers_too_large'],
  ['400', 'NONSENSE\r\n\r\n', 'malformed_request'],
  ['400', 'GET / HTTP/1.1\r\n\r\n', 'malformed_request'],
  ['400', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 'malformed_request'],
  ['400', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'malformed_request'],
  ['400', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n', 'malformed_request'],
])('%s is answered with a problem document', async (status, bytes, code) => {
  const { open } = await started();
  const answered = await text(open(bytes));
  expect(answered).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answered).toContain('Content-Type: application/problem+json');
  expect(JSON.parse(answered.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: Number(status), code });
});

test('garbage after a request is not answered in place of that request', async () => {
  const { open } = await started();
  const socket = open('GET /never HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n');
  expect(await text(socket)).toBe('');
});

test.each([
  ['http://x/echo?a=1', '/echo?a=1'],
  ['HTTPS://user@x:1/echo', '/echo'],
  ['http://x', '/'],
  ['http://x?a=1', '/?a=1'],
])('the target %s is the path %s', async (target, path) => {
  const { open } = await started();
  const answered = await text(open(`GET ${target} HTTP/1.1\r\nHost: x\r\nX-Echo: 1\r\nConnection: close\r\n\r\n`));
  expect(answered.split('\r\n\r\n')[1]).toBe(path);
});

test('an unknown expectation is ignored', async () => {
  const { open } = await started();
  const answered = await text(open(GET.replace('\r\n\r\n', '\r\nExpect: wonders\r\nConnection: close\r\n\r\n')));
  expect(answered).toMatch(/^HTTP\/1.1 200 /);
});

const get = (port: number, path = '/'): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, resolve).once('error', reject).end();
  });

test.each(['connections', 'connectionsPerClient'] as const)(
  'at the limit of %s, the connection that has waited longest is closed',
  async (limit) => {
    const { port, open, connections } = await started({ ...SERVER_LIMITS, [limit]: 50 });
    const first = open();
    const ended = new Promise((resolve) => first.once('close', resolve));
    const busy = open('GET /never HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => connections.size).toBe(2);
    for (let n = 0; n < 100; n += 1) open();
    await ended;
    expect((await get(port)).statusCode).toBe(200);
    expect(connections.size).toBeLessThanOrEqual(50);
    expect(busy.readyState).toBe('open');
  },
);

test('a trusted proxy can open as many connections as all clients together', async () => {
  const { open, connections } = await started({ ...SERVER_LIMITS, connectionsPerClient: 10 }, true);
  for (let n = 0; n < 50; n += 1) open();
  await expect.poll(() => connections.size).toBe(50);
});

test('a connection with too many concurrent requests is destroyed', async () => {
  const { open } = await started(SERVER_LIMITS);
  const socket = open('GET /never HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000));
  expect(await text(socket)).toBe('');
});

test('a shutdown waits for running requests, and for connections that are about to send one', async () => {
  const { port, open, close } = await started(SERVER_LIMITS);
  const fresh = open();
  const idle = open(GET);
  await new Promise((resolve) => idle.once('data', resolve));
  const ended = close();
  const isRefused = () =>
    get(port).then(
      () => false,
      () => true,
    );
  await expect.poll(isRefused, { interval: 20 }).toBe(true);
  fresh.write(GET);
  const answered = await text(fresh);
  expect(answered).toMatch(/^HTTP\/1.1 200 /);
  expect(answered).toContain('Connection: close');
  await ended;
  await expect.poll(() => idle.destroyed).toBe(true);
});

test('a shutdown still accepts new connections at first, and asks them to close', async () => {
  const { port, close } = await started(SERVER_LIMITS);
  const ended = close();
  const { statusCode, headers } = await get(port);
  expect({ statusCode, connection: headers.connection }).toEqual({ statusCode: 200, connection: 'close' });
  await ended;
});
