import { listen } from '@gatehouse/testing/listen';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { LOGIN_OPTION_CONFIGS } from '@gatehouse/contract/login-option-config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cas } from './cas.ts';
import { egressTo } from './testing/egress-to.ts';
import type { SignInContext } from './protocol.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { startHostile } from './testing/proxy.ts';
import { makeTestCa } from '@gatehouse/testing/test-ca';

/** A server that can send responses that no real server sends. */
type Said = { status?: number; type?: string; body?: string | Buffer; location?: string };
let says: Said | ((req: IncomingMessage, res: ServerResponse) => void) = {};
const asked: URL[] = [];
const answering = (req: IncomingMessage, res: ServerResponse): void => {
  asked.push(new URL(req.url ?? '', 'http://127.0.0.1'));
  if (typeof says === 'function') return says(req, res);
  const { status = 200, type = 'application/xml', body = '', location } = says;
  res.writeHead(status, { 'content-type': type, ...(location === undefined ? {} : { location }) }).end(body);
};

const egress = egressTo('127.0.0.0/8', '::1');
const here: SignInContext = {
  callbackUrl: 'http://127.0.0.1:9/callback?x=1',
  metadataUrl: '',
  egress,
  now: new Date(),
};
const config = (url: string, changed: object = {}) => LOGIN_OPTION_CONFIGS.cas.parse({ url, ...changed });
const server = createServer(answering);
let url = '';
beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(server)}/cas`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await egress.close();
});

const response = (inside: string): string =>
  `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${inside}</cas:serviceResponse>`;
const SUCCESS = response('<cas:authenticationSuccess><cas:user>alice</cas:user></cas:authenticationSuccess>');
const failure = (code: string): string =>
  response(`<cas:authenticationFailure code="${code}">It is &lt;secret&gt;</cas:authenticationFailure>`);

const finish = async (said: typeof says, changed: { url?: string; answer?: string; here?: SignInContext } = {}) => {
  says = said;
  asked.length = 0;
  const option = config(changed.url ?? url);
  const { begun } = await cas.begin(option, here);
  const answer = new URLSearchParams((changed.answer ?? 'state=STATE&ticket=ST-1').replaceAll('STATE', begun.state));
  return cas.finish(option, changed.here ?? here, { begun, answer });
};

test('sends the browser to the login page with a fresh service URL, and validates the ticket for that URL', async () => {
  const { url: login, begun } = await cas.begin(config(`${url}/?a=b#c`), here);
  const { origin, pathname, searchParams } = new URL(login);
  expect([origin + pathname, [...searchParams.keys()]]).toEqual([`${url}/login`, ['service']]);
  expect(searchParams.get('service')).toBe(`http://127.0.0.1:9/callback?x=1&state=${begun.state}`);
  expect(begun.state).toMatch(/^[\w-]{43}$/);

  expect(await finish({ body: SUCCESS, type: 'image/png' })).toMatchObject({ subject: 'alice', once: 'ST-1' });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.pathname).toBe('/cas/p3/serviceValidate');
  expect(asked[0]?.searchParams.get('service')).toMatch(/^http:\/\/127\.0\.0\.1:9\/callback\?x=1&state=[\w-]{43}$/);
  expect([...(asked[0]?.searchParams.keys() ?? [])]).toEqual(['service', 'ticket']);
});

test.each([
  ['refused', 'state=STATE'],
  ['invalid_answer', 'ticket=ST-1'],
  ['invalid_answer', 'state=&ticket=ST-1'],
  ['invalid_answer', 'state=STATE%20&ticket=ST-1'],
  ['invalid_answer', 'state=STATE&state=STATE&ticket=ST-1'],
  ['invalid_answer', 'state=STATE&state=x&ticket=ST-1'],
  ['invalid_answer', `state=${'A'.repeat(43)}&ticket=ST-1`],
  ['invalid_answer', 'state=STATE&ticket=ST-1&ticket=ST-2'],
  ['invalid_answer', 'state=STATE&ticket='],
  ['invalid_answer', 'state=STATE&ticket=PT-1'],
  ['invalid_answer', 'state=STATE&ticket=ST-1%0A'],
  ['invalid_answer', 'state=STATE&ticket=ST-1%26service%3Dhttps%3A%2F%2Fx.test'],
  ['invalid_answer', `state=STATE&ticket=ST-${'a'.repeat(257)}`],
])('fails with %s, without a request to the server: %s', async (reason, answer) => {
  await expect(finish({ body: SUCCESS }, { answer })).rejects.toMatchObject({ name: 'SsoError', reason });
  expect(asked).toEqual([]);
});

test.each<[string, Said]>([
  ['refused', { body: 'no\n' }],
  ['invalid_answer', { body: 'yes\nalice\n' }],
  ['invalid_answer', { body: failure('INVALID_TICKET') }],
  ['invalid_answer', { body: failure('INVALID_SERVICE') }],
  ['wrong_client', { body: failure('UNAUTHORIZED_SERVICE') }],
  ['misconfigured', { body: failure('INVALID_REQUEST') }],
  ['misconfigured', { body: failure('INVALID_PROXY_CALLBACK') }],
  ['unreachable', { body: failure('INTERNAL_ERROR') }],
  ['refused', { body: failure('WHATEVER') }],
  ['refused', { body: failure('constructor') }],
  ['invalid_answer', { body: Buffer.from(SUCCESS.replace('alice', 'zo\u00E9'), 'latin1') }],
  ['invalid_answer', { body: SUCCESS.padEnd(65_537) }],
  ['unreachable', { body: SUCCESS.padEnd(2_000_000) }],
  ['unreachable', { status: 500, body: SUCCESS }],
  ['misconfigured', { status: 404, body: SUCCESS }],
  ['misconfigured', { status: 302, body: SUCCESS, location: '/elsewhere' }],
])('fails with %s for the response %o', async (reason, said) => {
  const refusal: unknown = await finish(said).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ name: 'SsoError', reason, message: expect.not.stringContaining('secret') });
  expect(asked).toHaveLength(1);
});

test('fails with unreachable if the server is down or truncates its response', async () => {
  const breaksOff = (_: IncomingMessage, res: ServerResponse): void => {
    res.writeHead(200, { 'content-length': '1000' });
    res.write(SUCCESS, () => res.destroy());
  };
  await expectRefused(finish(breaksOff), 'unreachable', ['ST-1']);
  const closed = await startHostile(() => undefined);
  await closed[Symbol.asyncDispose]();
  const gone = { url: `http://127.0.0.1:${String(closed.port)}/cas` };
  await expectRefused(finish({}, gone), 'unreachable', ['ST-1']);
});

test('does not connect to a forbidden address', async () => {
  const strict = egressTo();
  const forbidden = { ...here, egress: strict };
  await expect(finish({ body: SUCCESS }, { here: forbidden })).rejects.toMatchObject({ reason: 'address_not_allowed' });
  expect(await cas.check(config(url), forbidden)).toMatchObject([{ name: 'reachable', status: 'failed' }]);
  expect(asked).toEqual([]);
  await strict.close();
});

test.skipIf(!hasPrograms('openssl'))('rejects an untrusted certificate unless ssl_verify is off', async () => {
  const { privateKey: key, certificate: cert } = makeTestCa().server;
  const secure = createSecureServer({ key, cert }, answering);
  const secureUrl = `https://localhost:${await listen(secure)}`;
  await expect(finish({ body: SUCCESS }, { url: secureUrl })).rejects.toMatchObject({ reason: 'bad_certificate' });
  expect(asked).toEqual([]);
  says = { body: failure('INVALID_TICKET') };
  expect(await cas.check(config(secureUrl), here)).toMatchObject([
    { name: 'reachable', status: 'passed' },
    { name: 'certificate', status: 'failed' },
  ]);
  expect(await cas.check(config(secureUrl, { ssl_verify: false }), here)).toMatchObject([
    { name: 'reachable', status: 'passed' },
    { name: 'certificate', status: 'unknown' },
    { name: 'validation', status: 'passed' },
    { status: 'unknown' },
    { status: 'unknown' },
  ]);
  secure.closeAllConnections();
  secure.close();
});

test.each<[string, string, Said]>([
  ['service', 'callback_url', { body: failure('INVALID_SERVICE') }],
  ['service', 'callback_url', { body: failure('UNAUTHORIZED_SERVICE') }],
  ['validation', 'never issued', { body: SUCCESS }],
  ['validation', 'rejected this sign-in', { body: 'no\n' }],
  ['validation', 'not XML', { body: '<p>Welcome' }],
  ['validation', '404', { status: 404 }],
  ['reachable', '503', { status: 503 }],
])('reports a failed check of %s (%s) for the response %o', async (...[name, word, said]) => {
  says = said;
  const checks = await cas.check(config(url), here);
  expect(checks.at(-1)).toMatchObject({ name, status: 'failed', message: expect.stringContaining(word) });
});
