import { TLSSocket, createSecureContext } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindService, reach, secure } from './ldap.connection.ts';
import { ldap } from './ldap.ts';
import { egressTo } from './testing/egress-to.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { ldapConfig } from '@gatehouse/testing/ldap-config';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type Hostile, startHostile, startProxy } from './testing/proxy.ts';
import { PASSWORD } from '@gatehouse/testing/slapd-config';
import { SLAPD_PROGRAMS, type Slapd, startSlapd } from '@gatehouse/testing/slapd';
import { makeTestCa, type TestCa } from '@gatehouse/testing/test-ca';

const START_TLS = '301d02010177188016312e332e362e312e342e312e313436362e3230303337';
const startTlsAnswer = (code: string): Buffer => Buffer.from(`300c02010178070a01${code}04000400`, 'hex');
const egress = egressTo('127.0.0.0/8');
afterAll(() => egress.close());

describe.skipIf(!hasPrograms(...SLAPD_PROGRAMS))('an attacker between the portal and OpenLDAP, or in its place', () => {
  let ca: TestCa;
  let slapd: Slapd;
  beforeAll(async () => {
    ca = makeTestCa();
    slapd = await startSlapd({ ca });
  });
  afterAll(() => slapd[Symbol.asyncDispose]());

  // Silent servers take this long to time out.
  const timeout = 0.5;
  const login = ({ port }: Hostile, changed: object = {}, typed: object = {}) =>
    ldap.login({ ...ldapConfig(slapd, ca, changed), timeout, port, ...changed }, egress, {
      username: 'alice',
      password: PASSWORD,
      ...typed,
    });
  const check = ({ port }: Hostile) => ldap.check({ ...ldapConfig(slapd, ca), timeout, port }, egress);
  const byStartTls = { start_tls: true };
  /** A server with a trusted certificate that responds with arbitrary bytes. */
  const impostor = (say: (secured: TLSSocket) => void) =>
    startHostile((client) => {
      const { certificate: cert, privateKey: key } = ca.server;
      const secured = new TLSSocket(client, { isServer: true, secureContext: createSecureContext({ cert, key }) });
      secured.on('error', () => undefined);
      secured.on('data', () => say(secured));
    });

  test.each(['01', '02', '34', '35'])('sends nothing more after a refused StartTLS (%s)', async (code) => {
    await using hostile = await startHostile(
      (client) => void client.on('data', () => client.write(startTlsAnswer(code))),
    );
    await expect(login(hostile, byStartTls)).rejects.toMatchObject({ reason: 'misconfigured' });
    expect(hostile.sent().toString('hex')).toBe(START_TLS);
  });

  test.each<[string, Buffer]>([
    ['a success with extra bytes', Buffer.concat([startTlsAnswer('00'), Buffer.from('3084000000ff020102', 'hex')])],
    ['another response', Buffer.from('300c02010161070a010004000400', 'hex')],
    ['a response to another request', Buffer.from('300c02010278070a010004000400', 'hex')],
    ['a response without a code', Buffer.from('30050201017800', 'hex')],
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['an endless response', Buffer.concat([Buffer.from('3084000fffff', 'hex'), Buffer.alloc(200_000)])],
  ])('does not take %s for a successful StartTLS', async (_, answer) => {
    await using hostile = await startHostile((client) => void client.on('data', () => client.write(answer)));
    await expect(login(hostile, byStartTls)).rejects.toMatchObject({ name: 'SsoError' });
    expect(hostile.sent().toString('hex')).toBe(START_TLS);
  });

  test('accepts a StartTLS response that arrives byte by byte', async () => {
    await using slow = await startHostile((client) => {
      client.setNoDelay();
      const sayByte = (at: number): void => {
        client.write(startTlsAnswer('00').subarray(at, at + 1));
        if (at < 13) setTimeout(() => sayByte(at + 1), 5);
        else client.once('data', () => client.destroy());
      };
      client.once('data', () => sayByte(0));
    });
    await expect(login(slow, byStartTls)).rejects.toMatchObject({ reason: 'unreachable' });
    // The TLS handshake has started.
    expect(slow.sent().length).toBeGreaterThan(100);
  });

  test.each([{}, byStartTls])('fails and closes the connection wherever it is cut: %o', async (changed) => {
    const target = 'start_tls' in changed ? slapd.port : slapd.ldapsPort;
    const answers: unknown[] = [];
    while (answers.length < 100 && answers.at(-1) !== 'alice') {
      await using proxy = await startProxy(target, answers.length * 71);
      answers.push(await login(proxy, { ...changed, timeout: 5 }).then(({ username }) => username, reasonOf));
      expect(proxy.sent().includes(PASSWORD)).toBe(false);
      await expect.poll(() => proxy.connections.open).toBe(0);
    }
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.slice(0, -1).every((answer) => answer === 'unreachable')).toBe(true);
    expect(answers.at(-1)).toBe('alice');
  });

  test('does not reopen a lost connection without TLS', async () => {
    await using hostile = await impostor((secured) => secured.destroy());
    const config = { ...ldapConfig(slapd, ca), timeout, port: hostile.port };
    await using used = await secure(config, await reach(config, '127.0.0.1'));
    await expectRefused(bindService(config, used.client), 'unreachable', ['readerpw']);
    await expectRefused(bindService(config, used.client), 'unreachable', ['readerpw']);
    expect(hostile.connections.all).toBe(1);

    await using unused = await secure(config, await reach(config, '127.0.0.1'));
    await hostile[Symbol.asyncDispose]();
    await delay(20);
    await expectRefused(bindService(config, unused.client), 'unreachable', ['readerpw']);
    expect(hostile.connections).toEqual({ all: 2, open: 0 });
  });

  test.each<[string, (secured: TLSSocket) => unknown]>([
    ['silent', () => undefined],
    ['not an LDAP server', (secured) => secured.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['responding to another request', (secured) => secured.write(Buffer.from('300c02016361070a010004000400', 'hex'))],
    // The client parses each of these responses recursively.
    ['sending very many responses', (secured) => secured.write(Buffer.from('30050201097300'.repeat(9000), 'hex'))],
  ])('fails with unreachable if the server is %s', async (_, say) => {
    await using hostile = await impostor(say);
    const [refused, checks] = await Promise.all([login(hostile).catch(reasonOf), check(hostile)]);
    expect(refused).toBe('unreachable');
    expect(checks.at(-1)).toMatchObject({ name: 'bind', status: 'failed' });
    await expect.poll(() => hostile.connections.open).toBe(0);
  });

  test('stops reading a response that is too long', async () => {
    const endless = Buffer.concat([Buffer.from('3084000fffff', 'hex'), Buffer.alloc(900_000)]);
    await using hostile = await impostor((secured) => secured.write(endless));
    await expect(login(hostile)).rejects.toMatchObject({
      reason: 'unreachable',
      cause: { message: expect.stringContaining('too long') },
    });
  });

  test('rejects an entry without a name', async () => {
    const bound = Buffer.from('300c02010261070a010004000400', 'hex');
    const named = '301230100409656e7472795555494431030401' + '78';
    const found = Buffer.from(`301b02010364160400${named}300c02010365070a010004000400`, 'hex');
    await using hostile = await impostor((secured) => secured.write(Buffer.concat([bound, found])));
    await expect(login(hostile)).rejects.toMatchObject({ reason: 'misconfigured' });
  });

  test('fails with unreachable for a closed port, a silent server and LDAP without TLS', async () => {
    await using silent = await startHostile(() => undefined);
    const refused = await Promise.all([login(silent).catch(reasonOf), login(silent, byStartTls).catch(reasonOf)]);
    expect(refused).toEqual(['unreachable', 'unreachable']);
    await using closed = await startHostile(() => undefined);
    await closed[Symbol.asyncDispose]();
    await expect(login(closed)).rejects.toMatchObject({ reason: 'unreachable' });
    await using plain = await startProxy(slapd.port);
    const checks = await check(plain);
    expect(checks.at(-1)).toMatchObject({ name: 'certificate', message: expect.stringContaining('start_tls') });
  });

  test('opens as many connections for an unknown username as for a wrong password', async () => {
    const costs = [];
    for (const typed of [{ password: 'wrong' }, { username: 'nobody' }]) {
      await using proxy = await startProxy(slapd.ldapsPort);
      await expect(login(proxy, { timeout: 5 }, typed)).rejects.toMatchObject({ reason: 'wrong_login' });
      await expect.poll(() => proxy.connections.open).toBe(0);
      costs.push(proxy.connections.all);
    }
    expect(costs).toEqual([2, 2]);
  });

  test.each([{ password: '' }, { password: 'a\0b' }, { username: 'alice\0' }, { username: 'a\rb' }])(
    'rejects %j without a request',
    async (typed) => {
      await using hostile = await startHostile(() => undefined);
      await expect(login(hostile, {}, typed)).rejects.toMatchObject({ reason: 'wrong_login' });
      expect(hostile.connections.all).toBe(0);
    },
  );

  test('runs eight sign-ins at a silent server, queues 32 and rejects the others', async () => {
    const silent = await startHostile(() => undefined);
    const waiting = Array.from({ length: 40 }, () => login(silent, { timeout: 30 }).catch(reasonOf));
    await expect.poll(() => silent.connections.all).toBe(8);
    await delay(50);
    await expect(login(silent)).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('busy'),
    });
    expect(silent.connections.all).toBe(8);
    await using other = await startHostile(() => undefined);
    const elsewhere = login(other, { timeout: 30 }).catch(reasonOf);
    await expect.poll(() => other.connections.all).toBe(1);
    await other[Symbol.asyncDispose]();
    expect(await elsewhere).toBe('unreachable');
    await silent[Symbol.asyncDispose]();
    expect(await Promise.all(waiting)).toEqual(Array(40).fill('unreachable'));
  });
});

const reasonOf = (error: unknown): unknown => (error instanceof Error && 'reason' in error ? error.reason : error);
