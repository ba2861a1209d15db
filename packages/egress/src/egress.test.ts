import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Egress, openEgress } from './egress.ts';

const LONGEST = 1_048_576;
/** The first one decompresses to nothing, through a large intermediate result. */
const COMPRESSED_TWICE: Record<string, (text: Buffer) => Buffer> = {
  'gzip, gzip': () => gzipSync(Buffer.concat(Array<Buffer>(500_000).fill(gzipSync('')))),
  'br,gzip': (text) => gzipSync(brotliCompressSync(text)),
};
const COMPRESSED: Record<string, (text: Buffer) => Buffer> = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  zstd: zstdCompressSync,
};
const used = new WeakSet<Socket>();
const server = createServer((req, res) => {
  if (used.has(req.socket)) return void req.socket.destroy();
  if (req.url === '/once') used.add(req.socket);
  if (req.url === '/moved') return void res.writeHead(302, { location: '/long' }).end();
  if (req.url === '/long') return void res.end('x'.repeat(2_000_000));
  const { searchParams } = new URL(req.url ?? '', 'http://localhost');
  const [coding, size] = [searchParams.get('coding') ?? '', Number(searchParams.get('size'))];
  if (coding !== '')
    return void res
      .setHeader('content-encoding', coding)
      .end({ ...COMPRESSED, ...COMPRESSED_TWICE }[coding]?.(Buffer.alloc(size, 'x')));
  res.end(`hello ${req.headers.host ?? ''}`);
});
let port = 0;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address) ({ port } = address);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const reasonOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : error;

test.each([
  '127.0.0.1',
  'localhost',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '0.0.0.0',
  '2130706433',
  '0x7f.1',
])('rejects %s unless its network is allowed', async (host) => {
  await using egress = egressTo();
  const failure = await egress
    .fetch({ sslVerify: true })(`http://${host}:${String(port)}/`)
    .catch(reasonOf);
  expect(failure).toMatchObject({ reason: 'address_not_allowed' });
});

test.each([
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '::1',
  'fe80::1',
  'fd00::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  '::a00:1',
  '::10.0.0.1',
  '::2',
  '::ffff:0:10.0.0.1',
  '64:ff9b:1::a00:1',
  '64:ff9b:2::1',
  '100::1',
  '100:0:0:1::1',
  '2001::1',
  '2001:db8::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fe00::1',
  'fec0::1',
  'ff02::1',
  '224.0.0.1',
  '255.255.255.255',
])('rejects %s, which is not public', async (address) => {
  await using egress = egressTo('203.0.113.0/24');
  await expect(egress.resolve(address)).rejects.toMatchObject({ reason: 'address_not_allowed' });
});

test('reaches public addresses and allowed networks, and sends the host name', async () => {
  await using egress = egressTo('127.0.0.0/8', '::1');
  await expect(egress.resolve('8.8.8.8')).resolves.toBe('8.8.8.8');
  await expect(egress.resolve('2001:4860:4860::8888')).resolves.toBe('2001:4860:4860::8888');
  const answer = await egress.fetch({ sslVerify: true })(`http://localhost:${String(port)}/`);
  expect(await answer.text()).toBe(`hello localhost:${String(port)}`);
});

test('does not follow a redirect or read an endless response', async () => {
  await using egress = egressTo('127.0.0.1', '::1');
  const ask = egress.fetch({ sslVerify: true });
  expect((await ask(`http://127.0.0.1:${String(port)}/moved`)).status).toBe(302);
  await expect(ask(`http://127.0.0.1:${String(port)}/long`)).rejects.toThrow('terminated');
});

test.each(Object.keys(COMPRESSED))('limits the decompressed length of a response in %s', async (coding) => {
  await using egress = egressTo('127.0.0.1');
  const ask = (size: number) =>
    egress.fetch({ sslVerify: true })(
      `http://127.0.0.1:${port}/?${new URLSearchParams({ coding, size: String(size) })}`,
    );
  expect(await (await ask(LONGEST)).text()).toHaveLength(LONGEST);
  await expect(ask(LONGEST + 1)).rejects.toThrow('too long');
  await expect(ask(20_000_000)).rejects.toThrow('too long');
});

test.each(Object.keys(COMPRESSED_TWICE))('rejects a response that is compressed twice: %s', async (coding) => {
  await using egress = egressTo('127.0.0.1');
  const url = `http://127.0.0.1:${port}/?${new URLSearchParams({ coding, size: '10' })}`;
  await expect(egress.fetch({ sslVerify: true })(url)).rejects.toThrow('compressed more than once');
});

test('does not reuse connections, because the server may be closing them', async () => {
  await using egress = egressTo('127.0.0.1');
  const ask = egress.fetch({ sslVerify: true });
  for (let times = 0; times < 4; times += 1)
    expect((await ask(`http://127.0.0.1:${String(port)}/once`)).status).toBe(200);
});

test('reports a host without addresses as unreachable', async () => {
  await using egress = egressTo();
  await expect(egress.resolve('unknown.invalid')).rejects.toMatchObject({ reason: 'unreachable' });
});

const egressTo = (...allowedNetworks: string[]): Egress & AsyncDisposable => {
  const egress = openEgress({ allowedNetworks, patience: 5000, longestBody: LONGEST });
  return { ...egress, [Symbol.asyncDispose]: () => egress.close() };
};
