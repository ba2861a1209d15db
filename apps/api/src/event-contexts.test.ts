import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN, apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

const PASSWORD = 'correct horse battery staple';

const Events = z.object({ list: z.array(z.object({ context: z.unknown() })) });

const RequestIds = z.object({ list: z.array(z.object({ request_id: z.string() })) });

const newPortal = async ({ api }: ApiTest, slug: string, headers: Record<string, string>): Promise<string> =>
  String((await jsonOf(await api('/api/portals', { json: { name: slug, slug }, headers })))['id']);

const contextOf = async ({ api }: ApiTest, query: string): Promise<unknown> => {
  const { list } = Events.parse(await jsonOf(await api(`/api/audit_events?page_size=1&${query}`)));
  return list[0]?.context;
};

test('a direct caller is recorded with its own address, in spite of forged headers', async () => {
  await using gatehouse = await apiTest();
  const headers = { 'x-forwarded-for': '192.0.2.7', 'user-agent': 'curl/8.5.0' };
  const portal = await newPortal(gatehouse, 'direct', headers);
  const context = { address: '127.0.0.1', user_agent: 'curl/8.5.0' };
  expect(await contextOf(gatehouse, `portal_id=${portal}`)).toEqual(context);
});

test('behind a proxy, the address that the proxy names is recorded, but not logged', async () => {
  await using gatehouse = await apiTest({ env: { TRUST_PROXY: '1' } });
  const from = (address: string) => ({ 'x-forwarded-for': `10.9.9.9, ${address}`, 'user-agent': 'Gecko of Ada' });
  const portal = await newPortal(gatehouse, 'behind', from('192.0.2.7:50123'));
  expect(await contextOf(gatehouse, `portal_id=${portal}`)).toEqual({
    address: '192.0.2.7',
    user_agent: 'Gecko of Ada',
  });
  const settings = { settings: { registration_auto_approval: true } };
  await gatehouse.api(`/api/portals/${portal}`, { method: 'PATCH', json: settings, headers: from('not an address') });
  expect(await contextOf(gatehouse, `portal_id=${portal}&name=portal.updated`)).toMatchObject({ address: null });
  const account = { username: 'ada', password: PASSWORD };
  const open = (call: string, json: object) =>
    gatehouse.api(`/api/portals/${portal}/auth/${call}`, { token: '', json, headers: from('2001:db8::7') });
  await open('register', { ...account, email: 'ada@example.org' });
  expect((await open('login', account)).status).toBe(200);
  expect(await contextOf(gatehouse, `portal_id=${portal}&name=session.created`)).toMatchObject({
    address: '2001:db8::7',
  });
  expect(gatehouse.log()).toContain('/auth/login');
  expect(gatehouse.log()).not.toMatch(/192\.0\.2\.7|2001:db8::7|Gecko/);
});

test.each([
  ['a caller is only in the log', '0', false],
  ['a trusted proxy is also in the event', '1', true],
])('the X-Request-Id of %s', async (_what, hops, isKept) => {
  await using gatehouse = await apiTest({ env: { TRUST_PROXY: hops } });
  const headers = { 'x-request-id': 'made-up' };
  const created = await gatehouse.api('/api/portals', { json: { name: 'x', slug: 'x' }, headers });
  expect(created.headers.get('x-request-id')).toBe('made-up');
  const { list } = RequestIds.parse(await jsonOf(await gatehouse.api('/api/audit_events?name=portal.created')));
  expect(list).toHaveLength(1);
  const id = list[0]?.request_id ?? '';
  expect(id === 'made-up').toBe(isKept);
  const line = gatehouse
    .log()
    .split('\n')
    .find((one) => one.includes('"made-up"'));
  expect(line).toContain(isKept ? '"request_id":"made-up"' : `"own_request_id":"${id}"`);
});

/** Sends raw bytes, because no client sends such a header. Returns the status. */
async function create(url: string, userAgent: Buffer): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const body = JSON.stringify({ name: 'P', slug: 'p' });
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /api/portals HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAuthorization: Bearer ${ADMIN}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nUser-Agent: `,
  );
  socket.write(userAgent);
  socket.write(`\r\n\r\n${body}`);
  return Number(/^HTTP\/1.1 (\d+)/.exec(await text(socket))?.[1]);
}

test.each([
  ['of 8 kB', Buffer.alloc(8192, 'x'), 'x'.repeat(512)],
  ['of lone surrogates', Buffer.from([0xed, 0xa0, 0x80, 0x62]), '\u00ed\u00a0b'],
  ['that looks like SQL', Buffer.from(`'); drop table event; --`), `'); drop table event; --`],
  ['of nothing', Buffer.from(''), null],
])('a user agent %s causes no error', async (_what, userAgent, user_agent) => {
  await using gatehouse = await apiTest();
  expect(await create(gatehouse.url, userAgent)).toBe(201);
  expect(await contextOf(gatehouse, 'name=portal.created')).toEqual({ address: '127.0.0.1', user_agent });
});

test('a user agent with a NUL is rejected before authentication', async () => {
  await using gatehouse = await apiTest();
  expect(await create(gatehouse.url, Buffer.from('a\0b'))).toBe(400);
  expect(await contextOf(gatehouse, 'name=portal.created')).toBeUndefined();
});
