import { hashPassword } from '@gatehouse/core/crypto/password';
import { describe, expect, it } from 'vitest';
import { basic, gatewayTest, PASSWORD } from '../testing/gateway-test.ts';

const gateway = gatewayTest();
const { newSubscriber, ask } = gateway;

describe('a login', () => {
  it('passes only with its password, and immediately the second time', async () => {
    const { product, username, application } = await newSubscriber();
    expect((await ask(product, basic(username, 'wrong password'))).status).toBe(401);
    expect((await ask(product, basic('nobody', PASSWORD))).status).toBe(401);
    expect((await ask(product, basic(`no\0body`, PASSWORD))).status).toBe(401);
    const latin1 = Buffer.from(`${username}:caf\u00e9`, 'latin1').toString('base64');
    expect((await ask(product, { authorization: `Basic ${latin1}` })).status).toBe(401);
    const passed = await ask(product, basic(username, PASSWORD));
    expect([passed.status, passed.headers.get('x-application-id')]).toEqual([200, application]);
    await gateway.sql.query('delete from credential_login where username = $1', [username]);
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(200);
    expect((await ask(product, basic(username, `${PASSWORD}.`))).status).toBe(401);
  });

  it('that passes at one product is rejected at another, even if it is cached', async () => {
    const { product, username } = await newSubscriber();
    const unsubscribed = await gateway.newProduct();
    const statusAt = async (at: string) => (await ask(at, basic(username, PASSWORD))).status;
    for (let n = 0; n < 2; n += 1) expect([await statusAt(product), await statusAt(unsubscribed)]).toEqual([200, 403]);
  });

  it('is checked at most twice at the same time for one username', async () => {
    const { product, username } = await newSubscriber();
    // Hashes that keep the first two tries waiting until the others have arrived.
    const ahead = Array.from({ length: 30 }, (_, n) => ask(product, basic(`ahead-${String(n)}`, 'a guess')));
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ask(product, basic(username, `guess number ${String(n)}`))),
    );
    expect(tries.map(({ status }) => status).filter((status) => status === 401)).toHaveLength(2);
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(6);
    expect(tries.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('1');
    await Promise.all(ahead);
  });
});

describe('a verified login', () => {
  it('still passes after unrelated revocations, and while others guess', async () => {
    const { product, username, developerId } = await newSubscriber();
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(200);
    const guesses = Array.from({ length: 100 }, (_, n) => ask(product, basic(`unknown-${String(n)}`, 'a guess')));
    for (const what of ['suspend', 'reactivate'])
      await gateway.api.api(`/api/portals/${gateway.portal}/developers/${developerId}/${what}`, { json: {} });
    await expect
      .poll(async () => (await ask(product, basic(username, PASSWORD))).status, { timeout: 1000, interval: 50 })
      .toBe(200);
    const statuses = new Set((await Promise.all(guesses)).map(({ status }) => status));
    expect(statuses).toEqual(new Set([401, 503]));
  });

  it('is no longer verified after its password has changed', async () => {
    const { product, username } = await newSubscriber();
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(200);
    await gateway.sql.query('update credential_login set password_hash = $1 where username = $2', [
      await hashPassword('another password', { queue: 10 }),
      username,
    ]);
    await gateway.api.api(`/api/portals/${gateway.portal}/api_products/${product}`, {
      method: 'PATCH',
      json: { auth: { 'basic-auth': { hide_credentials: true } } },
    });
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(401);
    expect((await ask(product, basic(username, 'another password'))).status).toBe(200);
  });

  it('does not pass if access ends before its password is checked', async () => {
    const { product, username, developerId } = await newSubscriber();
    const others = Array.from({ length: 6 }, (_, n) => ask(product, basic(`unknown-${String(n)}`, 'a guess')));
    const asked = ask(product, basic(username, PASSWORD));
    await gateway.api.api(`/api/portals/${gateway.portal}/developers/${developerId}/suspend`, { json: {} });
    expect((await asked).status).toBe(403);
    await Promise.all(others);
  });
});
