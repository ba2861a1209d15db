import { describe, expect, it } from 'vitest';
import { trustedProxies } from '../http/trusted-proxies.ts';
import { basic, gatewayTest, PASSWORD } from '../testing/gateway-test.ts';
import { clientNetwork } from './client-network.ts';
import { LoginFailures } from './login-failures.ts';

const MINUTE = 60_000;

describe('wrong logins', () => {
  const login = { portalId: 'p', username: 'ada', network: null };
  const started = () => {
    let now = 0;
    const failures = new LoginFailures(() => now);
    const fail = (given: Parameters<LoginFailures['note']>[0], times: number) => {
      let done = 0;
      try {
        for (; done < times; done += 1) {
          failures.assertRoom(given);
          failures.note(given);
        }
      } catch {
        return done;
      }
      return done;
    };
    return { failures, fail, pass: (milliseconds: number) => void (now += milliseconds) };
  };

  it('for one username are limited to 10 in a minute if the address is unknown', () => {
    const { failures, fail, pass } = started();
    expect(fail(login, 300)).toBe(10);
    expect(() => failures.assertRoom(login)).toThrow('Try again in 60 seconds');
    expect(fail({ ...login, username: 'bob' }, 300)).toBe(10);
    expect(fail({ ...login, portalId: 'q' }, 300)).toBe(10);
    pass(MINUTE);
    expect(fail(login, 300)).toBe(10);
  });

  it('for one username are limited to 10 in ten minutes from one address, without affecting other addresses', () => {
    const { failures, fail, pass } = started();
    const at = (network: string, username = 'ada') => ({ ...login, username, network });
    expect(fail(at('192.0.2.1'), 300)).toBe(10);
    failures.assertRoom(at('192.0.2.2'));
    pass(9 * MINUTE);
    expect(fail(at('192.0.2.1'), 1)).toBe(0);
    pass(MINUTE);
    expect(fail(at('192.0.2.1'), 1)).toBe(1);
  });

  it('from one address are limited to 60 in ten minutes, for all usernames together', () => {
    const { fail } = started();
    const tries = Array.from({ length: 100 }, (_, n) =>
      fail({ ...login, username: String(n), network: '192.0.2.1' }, 1),
    );
    expect(tries.filter((done) => done === 1)).toHaveLength(60);
  });
});

describe('the network of a client', () => {
  const networkBehind = (peer: string, forwarded: string | undefined, trusted: number | string[]) =>
    clientNetwork(
      { socket: { remoteAddress: peer }, headers: forwarded ? { 'x-forwarded-for': forwarded } : {} },
      trustedProxies(trusted),
    );

  it('is taken from a trusted gateway, not from a header of the client', () => {
    expect(networkBehind('10.0.0.1', '192.0.2.1', ['10.0.0.0/8'])).toBe('192.0.2.1');
    expect(networkBehind('10.0.0.1', '203.0.113.9, 192.0.2.1', ['10.0.0.0/8'])).toBe('192.0.2.1');
    expect(networkBehind('10.0.0.1', '192.0.2.1, 10.0.0.2', ['10.0.0.0/8'])).toBe('192.0.2.1');
    expect(networkBehind('::ffff:10.0.0.1', '2001:db8::1', 1)).toBe('2001:db8:0:0');
  });

  it('is unknown otherwise', () => {
    expect(networkBehind('10.0.0.1', '192.0.2.1', 0)).toBeNull();
    expect(networkBehind('192.0.2.7', '192.0.2.1', ['10.0.0.0/8'])).toBeNull();
    expect(networkBehind('10.0.0.1', undefined, ['10.0.0.0/8'])).toBeNull();
    expect(networkBehind('10.0.0.1', 'unknown', 1)).toBeNull();
  });
});

describe('guessing logins through a gateway', () => {
  const gateway = gatewayTest({ TRUST_PROXY: '127.0.0.0/8,::1/128' });
  const { newSubscriber, ask } = gateway;
  const from = (address: string) => ({ 'x-forwarded-for': address });

  const guesses = async (product: string, username: string, headers = {}) => {
    const statuses = [];
    for (let n = 0; n < 12; n += 1)
      statuses.push((await ask(product, { ...basic(username, `guess number ${String(n)}`), ...headers })).status);
    return statuses;
  };
  const ENDED = [...Array<number>(10).fill(401), 429, 429];

  it('is stopped, while a login that was verified before still passes', { timeout: 60_000 }, async () => {
    const { product, username } = await newSubscriber();
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(200);
    expect(await guesses(product, username)).toEqual(ENDED);
    expect(Number((await ask(product, basic(username, 'a guess'))).headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(200);
  });

  it('is stopped for its address, while the owner passes from another', { timeout: 60_000 }, async () => {
    const { product, username } = await newSubscriber();
    expect(await guesses(product, username, from('198.51.100.7, 192.0.2.1'))).toEqual(ENDED);
    const owner = async (address: string) =>
      (await ask(product, { ...basic(username, PASSWORD), ...from(address) })).status;
    expect(await owner('192.0.2.1')).toBe(429);
    expect(await owner('192.0.2.2')).toBe(200);
  });
});
