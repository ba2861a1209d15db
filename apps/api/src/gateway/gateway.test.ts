import { hashPassword } from '@gatehouse/core/password';
import { newKey } from '@gatehouse/core/credential/key-format';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

const PASSWORD = 'correct horse battery staple';
const AUTH = { 'key-auth': { header: 'X-Api-Key', query: 'key' }, 'basic-auth': {} };

let test: ApiTest;
let sql: pg.Client;
let portal: string;
beforeAll(async () => {
  test = await apiTest();
  sql = new pg.Client({ connectionString: test.databaseUrl });
  await sql.connect();
  portal = await newPortal();
});
afterAll(async () => {
  await sql.end();
  await test[Symbol.asyncDispose]();
});

const idOf = async (response: Response): Promise<string> => {
  const body = await jsonOf(response);
  if (typeof body['id'] !== 'string') throw new Error(`${String(response.status)} ${JSON.stringify(body)}`);
  return body['id'];
};

let counter = 0;
const unique = (prefix: string): string => `${prefix}${String((counter += 1))}`;

async function newPortal(): Promise<string> {
  const slug = unique('portal-');
  return idOf(await test.api('/api/portals', { json: { name: slug, slug } }));
}

const newProduct = async (at = portal, auth: object = AUTH): Promise<string> =>
  idOf(await test.api(`/api/portals/${at}/api_products`, { json: { name: unique('product '), auth } }));

type Holder = { developerId: string; application: string; credential: string; key: string; username: string };

/** A developer with an application, and both kinds of credential, written as they are stored. */
async function newHolder(): Promise<Holder> {
  const username = unique('holder-');
  const invited = await test.api(`/api/portals/${portal}/developers/invites`, {
    json: { username, password: PASSWORD },
  });
  const { id: uid, developer_id } = await jsonOf(invited);
  const insert = async (table: string, row: Record<string, unknown>): Promise<string> => {
    const names = Object.keys(row);
    const { rows } = await sql.query<{ id: string }>(
      `insert into ${table} (id, ${names.join(', ')}, created_at, updated_at)
       values (gen_random_uuid(), ${names.map((_, at) => `$${String(at + 1)}`).join(', ')}, now(), now()) returning id`,
      Object.values(row),
    );
    return rows[0]?.id ?? '';
  };
  const application = await insert('application', { developer_uid: uid, name: 'app' });
  const credential = await insert('credential', { application_id: application, type: 'key-auth', name: 'key' });
  const { key, hash } = newKey(null);
  await sql.query('insert into credential_key (hash, credential_id) values ($1, $2)', [hash, credential]);
  const login = await insert('credential', {
    application_id: application,
    type: 'basic-auth',
    name: 'login',
    username,
  });
  await sql.query(
    'insert into credential_login (id, credential_id, portal_id, username, password_hash) values (gen_random_uuid(), $1, $2, $3, $4)',
    [login, portal, username, await hashPassword(PASSWORD, { queue: 10 })],
  );
  return { developerId: String(developer_id), application, credential, key, username };
}

async function subscribe(application: string, product: string, status = 'subscribed'): Promise<void> {
  await sql.query(
    `insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
     select gen_random_uuid(), developer_uid, id, $2, $3, now() from application where id = $1`,
    [application, product, status],
  );
}

async function newSubscriber(): Promise<Holder & { product: string }> {
  const holder = await newHolder();
  const product = await newProduct();
  await subscribe(holder.application, product);
  return { ...holder, product };
}

const ask = (product: string, headers: Record<string, string> = {}, rest = ''): Promise<Response> =>
  test.fetch(`/gateway/verify/${product}${rest}`, { headers });
const withKey = (key: string): Record<string, string> => ({ 'x-api-key': key });
const basic = (username: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});
const statusWith = async (product: string, key: string): Promise<number> => (await ask(product, withKey(key))).status;

describe('the gateway is answered', () => {
  it('200 and who it is, for a key in each place that the product names', async () => {
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

  it('whatever the method, and whatever the client says of itself', async () => {
    const { product, key, developerId } = await newSubscriber();
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const answer = await test.fetch(`/gateway/verify/${product}`, {
        method,
        headers: { ...withKey(key), 'x-developer-id': 'root', 'x-application-id': 'root', 'x-credential-id': 'root' },
        ...(method === 'POST' ? { body: 'x'.repeat(100_000) } : {}),
      });
      expect([method, answer.status, answer.headers.get('x-developer-id')]).toEqual([method, 200, developerId]);
      expect(answer.headers.get('x-application-id')).not.toBe('root');
    }
  });

  it('401 and a challenge, where nothing fit for this product is shown', async () => {
    const { product, key, username } = await newSubscriber();
    const keysOnly = await newProduct(portal, { 'key-auth': { header: 'X-Api-Key' } });
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

  it('403 for a good key without a subscription, or with one that waits, or of a suspended developer', async () => {
    const { product, key, application, developerId } = await newSubscriber();
    const [other, waiting] = [await newProduct(), await newProduct()];
    await subscribe(application, waiting, 'wait_for_approval');
    expect(await jsonOf(await ask(other, withKey(key)))).toMatchObject({ status: 403, code: 'not_subscribed' });
    expect(await jsonOf(await ask(waiting, withKey(key)))).toMatchObject({
      code: 'not_subscribed',
      detail: 'The subscription to this API product waits for approval.',
    });
    await test.api(`/api/portals/${portal}/developers/${developerId}/suspend`, { json: {} });
    expect(await jsonOf(await ask(product, withKey(key)))).toMatchObject({ status: 403, code: 'developer_not_active' });
  });

  it('404 for a product that is not there, 400 for a path that could name another', async () => {
    const { product, key } = await newSubscriber();
    const external = await idOf(
      await test.api(`/api/portals/${portal}/api_products`, { json: { name: 'elsewhere', type: 'external' } }),
    );
    for (const unknown of [crypto.randomUUID(), 'x', '', external, `${product}0`])
      expect([unknown, await statusWith(unknown, key)]).toEqual([unknown, 404]);
    for (const dots of ['/../x', '/a/../../b', '/%2e%2e/x', '/.%2E', '/a/.'])
      expect(await rawStatus(`/gateway/verify/${product}${dots}`, key)).toBe(400);
    expect(await statusWith(product.toUpperCase(), key)).toBe(200);
  });

  it('as unknown about the key of another portal', async () => {
    const { key } = await newSubscriber();
    const foreign = await newProduct(await newPortal());
    expect(await statusWith(foreign, key)).toBe(401);
  });
});

/** As it is: fetch would resolve the segments of dots. */
async function rawStatus(path: string, key: string): Promise<number> {
  const { port, hostname } = new URL((await test.fetch('/livez')).url);
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: withKey(key) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('a login', () => {
  it('passes with its password alone, and at once the second time', async () => {
    const { product, username, application } = await newSubscriber();
    expect((await ask(product, basic(username, 'wrong password'))).status).toBe(401);
    expect((await ask(product, basic('nobody', PASSWORD))).status).toBe(401);
    expect((await ask(product, basic(`no\0body`, PASSWORD))).status).toBe(401);
    const passed = await ask(product, basic(username, PASSWORD));
    expect([passed.status, passed.headers.get('x-application-id')]).toEqual([200, application]);
    await sql.query('delete from credential_login where username = $1', [username]);
    expect((await ask(product, basic(username, PASSWORD))).status).toBe(200);
    expect((await ask(product, basic(username, `${PASSWORD}.`))).status).toBe(401);
  });

  it('is not looked at more than twice at once for one username', async () => {
    const { product, username } = await newSubscriber();
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ask(product, basic(username, `guess number ${String(n)}`))),
    );
    expect(tries.map(({ status }) => status).filter((status) => status === 401)).toHaveLength(2);
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(6);
    expect(tries.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('1');
  });
});

describe('a yes ends', () => {
  it('at once in the process that ended it', async () => {
    const { product, key, developerId } = await newSubscriber();
    expect(await statusWith(product, key)).toBe(200);
    await test.api(`/api/portals/${portal}/developers/${developerId}/suspend`, { json: {} });
    expect(await statusWith(product, key)).toBe(403);
    await test.api(`/api/portals/${portal}/developers/${developerId}/reactivate`, { json: {} });
    await expect.poll(() => statusWith(product, key), { timeout: 1000, interval: 50 }).toBe(200);
    await test.api(`/api/portals/${portal}/developers/${developerId}`, { method: 'DELETE' });
    expect(await statusWith(product, key)).toBe(401);
  });

  it('when the key or its credential expires', async () => {
    const { product, key, credential } = await newSubscriber();
    await sql.query(`update credential_key set expires_at = now() + interval '700 ms' where credential_id = $1`, [
      credential,
    ]);
    expect(await statusWith(product, key)).toBe(200);
    await expect.poll(() => statusWith(product, key), { timeout: 2000, interval: 50 }).toBe(401);
    await sql.query('update credential_key set expires_at = null where credential_id = $1', [credential]);
    await expect.poll(() => statusWith(product, key), { timeout: 1000, interval: 50 }).toBe(200);
  });

  it('with the product, and what it takes', async () => {
    const { product, key } = await newSubscriber();
    expect(await statusWith(product, key)).toBe(200);
    await test.api(`/api/portals/${portal}/api_products/${product}`, {
      method: 'PATCH',
      json: { auth: { 'key-auth': { header: 'x-other' } } },
    });
    expect(await statusWith(product, key)).toBe(401);
    expect((await ask(product, { 'x-other': key })).status).toBe(200);
    await test.api(`/api/portals/${portal}/api_products/${product}`, { method: 'DELETE' });
    expect((await ask(product, { 'x-other': key })).status).toBe(404);
  });
});

it('logs refusals and some passes, and never what was shown', async () => {
  const { product, key, username } = await newSubscriber();
  await ask(product, {}, `?key=${key}`);
  await ask(product, basic(username, 'a wrong password'));
  await ask(product, withKey('not a key at all'));
  const lines = test.log();
  expect(lines).toContain('"msg":"refused"');
  expect(lines).toContain('"msg":"passed"');
  for (const secret of [key, 'a wrong password', 'not a key at all', Buffer.from(`${username}:`).toString('base64')])
    expect(lines).not.toContain(secret);
});
