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

describe.skipIf(!hasPrograms(...SLAPD_PROGRAMS))('what is in the way to OpenLDAP, or in its place', () => {
  let ca: TestCa;
  let slapd: Slapd;
  beforeAll(async () => {
    ca = makeTestCa();
    slapd = await startSlapd({ ca });
  });
  afterAll(() => slapd[Symbol.asyncDispose]());

  // What is silent is waited for as long as this.
  const timeout = 0.5;
  const login = ({ port }: Hostile, changed: object = {}, typed: object = {}) =>
    ldap.login({ ...ldapConfig(slapd, ca, changed), timeout, port, ...changed }, egress, {
      username: 'alice',
      password: PASSWORD,
      ...typed,
    });
  const check = ({ port }: Hostile) => ldap.check({ ...ldapConfig(slapd, ca), timeout, port }, egress);
  const byStartTls = { start_tls: true };
  /** A server that has our certificate, and then says what it likes to whatever it is asked. */
  const impostor = (say: (secured: TLSSocket) => void) =>
    startHostile((client) => {
      const { certificate: cert, privateKey: key } = ca.server;
      const secured = new TLSSocket(client, { isServer: true, secureContext: createSecureContext({ cert, key }) });
      secured.on('error', () => undefined);
      secured.on('data', () => say(secured));
    });

  test.each(['01', '02', '34', '35'])('where StartTLS is refused (%s), nothing else is said', async (code) => {
    await using hostile = await startHostile(
      (client) => void client.on('data', () => client.write(startTlsAnswer(code))),
    );
    await expect(login(hostile, byStartTls)).rejects.toMatchObject({ reason: 'misconfigured' });
    expect(hostile.sent().toString('hex')).toBe(START_TLS);
  });

  test.each<[string, Buffer]>([
    ['a yes that goes on', Buffer.concat([startTlsAnswer('00'), Buffer.from('3084000000ff020102', 'hex')])],
    ['another answer', Buffer.from('300c02010161070a010004000400', 'hex')],
    ['an answer to another question', Buffer.from('300c02010278070a010004000400', 'hex')],
    ['an answer without a code', Buffer.from('30050201017800', 'hex')],
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['what never ends', Buffer.concat([Buffer.from('3084000fffff', 'hex'), Buffer.alloc(200_000)])],
  ])('%s to StartTLS is no yes', async (_, answer) => {
    await using hostile = await startHostile((client) => void client.on('data', () => client.write(answer)));
    await expect(login(hostile, byStartTls)).rejects.toMatchObject({ name: 'SsoError' });
    expect(hostile.sent().toString('hex')).toBe(START_TLS);
  });

  test('a yes to StartTLS may come byte by byte', async () => {
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
    // The handshake has begun.
    expect(slow.sent().length).toBeGreaterThan(100);
  });

  test.each([{}, byStartTls])('cut at any byte, it fails, and leaves nothing behind: %o', async (changed) => {
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

  test('a lost connection is not opened anew, in clear', async () => {
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
    ['wrong about what it was asked', (secured) => secured.write(Buffer.from('300c02016361070a010004000400', 'hex'))],
    // Each is read within the reading of the one before it.
    ['full of answers', (secured) => secured.write(Buffer.from('30050201097300'.repeat(9000), 'hex'))],
  ])('a server that is %s is unreachable', async (_, say) => {
    await using hostile = await impostor(say);
    const [refused, checks] = await Promise.all([login(hostile).catch(reasonOf), check(hostile)]);
    expect(refused).toBe('unreachable');
    expect(checks.at(-1)).toMatchObject({ name: 'bind', status: 'failed' });
    await expect.poll(() => hostile.connections.open).toBe(0);
  });

  test('an answer is read as far as one may be', async () => {
    const endless = Buffer.concat([Buffer.from('3084000fffff', 'hex'), Buffer.alloc(900_000)]);
    await using hostile = await impostor((secured) => secured.write(endless));
    await expect(login(hostile)).rejects.toMatchObject({
      reason: 'unreachable',
      cause: { message: expect.stringContaining('too long') },
    });
  });

  test('an entry without a name is nobody', async () => {
    const bound = Buffer.from('300c02010261070a010004000400', 'hex');
    const named = '301230100409656e7472795555494431030401' + '78';
    const found = Buffer.from(`301b02010364160400${named}300c02010365070a010004000400`, 'hex');
    await using hostile = await impostor((secured) => secured.write(Buffer.concat([bound, found])));
    await expect(login(hostile)).rejects.toMatchObject({ reason: 'misconfigured' });
  });

  test('nobody, a closed port and silence are unreachable, and LDAP where TLS should be', async () => {
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

  test('somebody unknown costs as many connections as a wrong password', async () => {
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
    '%j is refused without asking',
    async (typed) => {
      await using hostile = await startHostile(() => undefined);
      await expect(login(hostile, {}, typed)).rejects.toMatchObject({ reason: 'wrong_login' });
      expect(hostile.connections.all).toBe(0);
    },
  );

  test('a silent server holds up eight sign-ins and lets thirty-two wait', async () => {
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
