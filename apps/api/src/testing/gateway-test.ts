import { newKey } from '@gatehouse/core/credential/key-format';
import { hashPassword } from '@gatehouse/core/crypto/password';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { apiTest, type ApiTest } from './api-test.ts';
import { jsonOf } from './serve.ts';

export const PASSWORD = 'correct horse battery staple';
const AUTH = { 'key-auth': { header: 'X-Api-Key', query: 'key' }, 'basic-auth': {} };

export type Holder = { developerId: string; application: string; credential: string; key: string; username: string };

export const idOf = async (response: Response): Promise<string> => {
  const body = await jsonOf(response);
  if (typeof body['id'] !== 'string') throw new Error(`${String(response.status)} ${JSON.stringify(body)}`);
  return body['id'];
};

export const withKey = (key: string): Record<string, string> => ({ 'x-api-key': key });
export const basic = (username: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

/** The api with a portal, for the tests of one file about what gateways ask. For tests only. */
export function gatewayTest(env: Record<string, string> = {}) {
  let test: ApiTest;
  let sql: pg.Client;
  let portal: string;
  beforeAll(async () => {
    test = await apiTest({ env });
    sql = new pg.Client({ connectionString: test.databaseUrl });
    await sql.connect();
    portal = await newPortal();
  });
  afterAll(async () => {
    await sql.end();
    await test[Symbol.asyncDispose]();
  });

  let counter = 0;
  const unique = (prefix: string): string => `${prefix}${String((counter += 1))}`;

  async function newPortal(): Promise<string> {
    const slug = unique('portal-');
    return idOf(await test.api('/api/portals', { json: { name: slug, slug } }));
  }

  const newProduct = async (at = portal, auth: object = AUTH): Promise<string> =>
    idOf(await test.api(`/api/portals/${at}/api_products`, { json: { name: unique('product '), auth } }));

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
  const statusWith = async (product: string, key: string): Promise<number> => (await ask(product, withKey(key))).status;

  return {
    get api() {
      return test;
    },
    get sql() {
      return sql;
    },
    get portal() {
      return portal;
    },
    newPortal,
    newProduct,
    newHolder,
    subscribe,
    newSubscriber,
    ask,
    statusWith,
  };
}
