import { newKey } from '@gatehouse/core/credential/key-format';
import { describe, expect, it } from 'vitest';
import { basic, gatewayTest, idOf, PASSWORD, withKey } from '../testing/gateway-test.ts';
import { jsonOf } from '../testing/serve.ts';

const gateway = gatewayTest();
const { newPortal, newProduct, subscribe, newSubscriber, ask, statusWith } = gateway;

describe('a verification request is answered', () => {
  it('200 with the identity of the owner, for a key in every place that the product allows', async () => {
    const { product, key, developerId, application, credential } = await newSubscriber();
    const places: [Record<string, string>, string][] = [
      [withKey(key), ''],
      [{ authorization: `Bearer ${key}` }, ''],
      [{ authorization: `bearer  ${key}` }, '/orders/7?page=2'],
      [{}, `?key=${key}`],
      [{}, `/orders?key=${key}`],
      [{ 'x-forwarded-uri': `/orders?page=1&key=${key}` }, ''],
      [{ 'x-original-uri': `/orders?key=${key}` }, ''],
    ];
    for (const [headers, rest] of places) {
      const answer = await ask(product, headers, rest);
      expect([answer.status, rest, await answer.text()]).toEqual([200, rest, '']);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-developer-id': developerId,
        'x-application-id': application,
        'x-credential-id': credential,
        'x-api-product-id': product,
        'cache-control': 'no-store',
      });
    }
  });

  it('for every method, and in spite of forged headers', async () => {
    const { product, key, developerId } = await newSubscriber();
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const answer = await gateway.api.fetch(`/gateway/verify/${product}`, {
        method,
        headers: { ...withKey(key), 'x-developer-id': 'root', 'x-application-id': 'root', 'x-credential-id': 'root' },
        ...(method === 'POST' ? { body: 'x'.repeat(100_000) } : {}),
      });
      expect([method, answer.status, answer.headers.get('x-developer-id')]).toEqual([method, 200, developerId]);
      expect(answer.headers.get('x-application-id')).not.toBe('root');
    }
  });

  it('401 and a challenge without a valid credential for this product', async () => {
    const { product, key, username } = await newSubscriber();
    const keysOnly = await newProduct(gateway.portal, { 'key-auth': { header: 'X-Api-Key' } });
    const nothing: [string, Record<string, string>, string][] = [
      [product, {}, ''],
      [product, { 'x-api-key': '' }, ''],
      [product, { apikey: key }, ''],
      [product, { authorization: `Digest ${key}` }, ''],
      [keysOnly, {}, `?key=${key}`],
      [keysOnly, basic(username, PASSWORD), ''],
    ];
    for (const [at, headers, rest] of nothing) {
      const answer = await ask(at, headers, rest);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        at === product
          ? 'Bearer realm="gatehouse", Basic realm="gatehouse", charset="UTF-8"'
          : 'Bearer realm="gatehouse"',
      ]);
      expect(await jsonOf(answer)).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
    for (const wrong of [newKey(null).key, `${key.slice(0, -1)}!`, `${key}, ${key}`, 'x'.repeat(9000)]) {
      const answer = await ask(keysOnly, withKey(wrong));
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="gatehouse", error="invalid_token"',
      ]);
    }
    expect((await ask(product, {}, `?key=${key}&key=${key}`)).status).toBe(401);
  });

  it('403 for a valid key without a subscription, with a pending one, or of a suspended developer', async () => {
    const { product, key, application, developerId } = await newSubscriber();
    const [other, waiting] = [await newProduct(), await newProduct()];
    await subscribe(application, waiting, 'wait_for_approval');
    expect(await jsonOf(await ask(other, withKey(key)))).toMatchObject({ status: 403, code: 'not_subscribed' });
    expect(await jsonOf(await ask(waiting, withKey(key)))).toMatchObject({
      code: 'not_subscribed',
      detail: 'The subscription to this API product is awaiting approval.',
    });
    await gateway.api.api(`/api/portals/${gateway.portal}/developers/${developerId}/suspend`, { json: {} });
    expect(await jsonOf(await ask(product, withKey(key)))).toMatchObject({ status: 403, code: 'developer_not_active' });
  });

  it('404 for an unknown product, and 400 for a path that could name another one', async () => {
    const { product, key } = await newSubscriber();
    const external = await idOf(
      await gateway.api.api(`/api/portals/${gateway.portal}/api_products`, {
        json: { name: 'elsewhere', type: 'external' },
      }),
    );
    for (const unknown of [crypto.randomUUID(), 'x', '', external, `${product}0`])
      expect([unknown, await statusWith(unknown, key)]).toEqual([unknown, 404]);
    for (const dots of ['/../x', '/a/../../b', '/%2e%2e/x', '/.%2E', '/a/.'])
      expect(await rawStatus(`/gateway/verify/${product}${dots}`, key)).toBe(400);
    expect(await statusWith(product.toUpperCase(), key)).toBe(200);
  });

  it('for a key of another portal like for an unknown key', async () => {
    const { key } = await newSubscriber();
    const foreign = await newProduct(await newPortal());
    expect(await statusWith(foreign, key)).toBe(401);
  });
});

/** Sends the path unchanged, because fetch would resolve dot segments. */
async function rawStatus(path: string, key: string): Promise<number> {
  const { port, hostname } = new URL((await gateway.api.fetch('/livez')).url);
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: withKey(key) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('a positive decision ends', () => {
  it('immediately in the process that made the change', async () => {
    const { product, key, developerId } = await newSubscriber();
    expect(await statusWith(product, key)).toBe(200);
    await gateway.api.api(`/api/portals/${gateway.portal}/developers/${developerId}/suspend`, { json: {} });
    expect(await statusWith(product, key)).toBe(403);
    await gateway.api.api(`/api/portals/${gateway.portal}/developers/${developerId}/reactivate`, { json: {} });
    expect(await statusWith(product, key)).toBe(200);
    await gateway.api.api(`/api/portals/${gateway.portal}/developers/${developerId}`, { method: 'DELETE' });
    expect(await statusWith(product, key)).toBe(401);
  });

  it('when the key or its credential expires', async () => {
    const { product, key, credential } = await newSubscriber();
    await gateway.sql.query(
      `update credential_key set expires_at = now() + interval '700 ms' where credential_id = $1`,
      [credential],
    );
    expect(await statusWith(product, key)).toBe(200);
    await expect.poll(() => statusWith(product, key), { timeout: 2000, interval: 50 }).toBe(401);
    await gateway.sql.query('update credential_key set expires_at = null where credential_id = $1', [credential]);
    await expect.poll(() => statusWith(product, key), { timeout: 1000, interval: 50 }).toBe(200);
  });

  it('when the product is deleted or its auth changes', async () => {
    const { product, key } = await newSubscriber();
    expect(await statusWith(product, key)).toBe(200);
    await gateway.api.api(`/api/portals/${gateway.portal}/api_products/${product}`, {
      method: 'PATCH',
      json: { auth: { 'key-auth': { header: 'x-other' } } },
    });
    expect(await statusWith(product, key)).toBe(401);
    expect((await ask(product, { 'x-other': key })).status).toBe(200);
    await gateway.api.api(`/api/portals/${gateway.portal}/api_products/${product}`, { method: 'DELETE' });
    expect((await ask(product, { 'x-other': key })).status).toBe(404);
  });
});

describe('a negative decision ends', () => {
  it('immediately in the process that made the change: a subscription, its approval or a later expiry', async () => {
    const { api, portal } = gateway;
    const { key, application, developerId } = await gateway.newHolder();
    const product = await newProduct();
    const made = await jsonOf(await api.api('/api/tokens', { json: { kind: 'portal', name: 'f', portal_id: portal } }));
    const front = { token: String(made['token']), headers: { 'x-portal-developer-id': developerId } };
    const detail = async () => (await jsonOf(await ask(product, withKey(key))))['detail'];
    await api.api(`/api/portals/${portal}/api_products/${product}`, { method: 'PATCH', json: { status: 'published' } });
    expect(await detail()).toBe('The application has no subscription to this API product.');
    const asked = { ...front, json: { application_id: application } };
    expect((await api.api(`/api/api_products/${product}/subscriptions`, asked)).status).toBe(201);
    expect(await detail()).toBe('The subscription to this API product is awaiting approval.');
    const { rows } = await gateway.sql.query<{ id: string }>(`select id from approval where status = 'pending'`);
    await api.api(`/api/approvals/${rows[0]?.id ?? ''}/accept`, { method: 'POST' });
    expect(await statusWith(product, key)).toBe(200);

    const late = await gateway.newSubscriber();
    await gateway.sql.query('update credential set expires_at = now() where id = $1', [late.credential]);
    expect(await statusWith(late.product, late.key)).toBe(401);
    const { status } = await api.api(`/api/applications/${late.application}/credentials/${late.credential}`, {
      token: front.token,
      headers: { 'x-portal-developer-id': late.developerId },
      method: 'PUT',
      json: { type: 'key-auth', name: 'key', expires_at: null },
    });
    expect([status, await statusWith(late.product, late.key)]).toEqual([200, 200]);
  });
});

it('refusals and some passes are logged, but never keys and logins', async () => {
  const { product, key, username } = await newSubscriber();
  await ask(product, {}, `?key=${key}`);
  await ask(product, basic(username, 'a wrong password'));
  await ask(product, withKey('not a key at all'));
  const lines = gateway.api.log();
  expect(lines).toContain('"msg":"refused"');
  expect(lines).toContain('"msg":"passed"');
  for (const secret of [key, 'a wrong password', 'not a key at all', Buffer.from(`${username}:`).toString('base64')])
    expect(lines).not.toContain(secret);
});
