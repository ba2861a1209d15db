import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, newPortal } from '../api.ts';
import { startSystem, type System } from '../system.ts';
import { portalClient, portalToken, type PortalClient } from './client.ts';

let system: System;
let portal_id: string;
let developer: PortalClient;
let application_id: string;

beforeAll(async () => {
  system = await startSystem({ env: { RATE_LIMITS: 'off' } });
  portal_id = await newPortal(system, { registration_auto_approval: true });
  const token = await portalToken(system, portal_id);
  await portalClient(system, { token }).POST('/api/developers', { body: { developer_id: 'user-1' } });
  developer = portalClient(system, { token, developerId: 'user-1' });
  application_id = await newApplication('Shop');
});
afterAll(() => system?.[Symbol.asyncDispose]());

async function newApplication(name: string): Promise<string> {
  const { data } = await developer.POST('/api/applications', { body: { name } });
  return data?.id ?? '';
}

async function newProduct(given: object = {}): Promise<string> {
  const body = { name: 'Weather', status: 'published', ...given };
  return String((await call(system, `POST /api/portals/${portal_id}/api_products`, { body })).body['id']);
}

const passes = async (product: string, headers: Record<string, string>): Promise<number> =>
  (await fetch(`${system.url}/gateway/verify/${product}`, { headers })).status;

it('finds API products, subscribes to them one by one and in bulk, and unsubscribes', async () => {
  const products = [await newProduct({ subscription_auto_approval: true }), await newProduct(), await newProduct()];
  await newProduct({ status: 'draft' });
  const [first = '', second = '', third = ''] = products;
  const query = { page: 1, page_size: 10, order_by: 'created_at', direction: 'asc', search: 'weather' } as const;
  const listed = await developer.GET('/api/api_products', { params: { query } });
  expect(listed.data?.list.map((product) => [product.id, product.subscription_status])).toEqual(
    products.map((id) => [id, 'unsubscribed']),
  );

  const params = { path: { api_product_id: first } };
  const one = await developer.POST('/api/api_products/{api_product_id}/subscriptions', {
    params,
    body: { application_id },
  });
  expect(one.response.status).toBe(201);
  const shown = await developer.GET('/api/api_products/{api_product_id}', { params });
  expect(shown.data).toMatchObject({ id: first, type: 'gateway', subscription_status: 'subscribed' });

  const body = { applications: [application_id], api_products: [second, third] };
  expect((await developer.POST('/api/subscriptions', { body })).response.status).toBe(201);
  const waiting = await developer.GET('/api/subscriptions', {
    params: { query: { status: ['wait_for_approval', 'unsubscribed'], order_by: 'subscribed_at', application_id } },
  });
  expect(waiting.data).toMatchObject({ total: 2, list: [{ status: 'wait_for_approval', developer_id: 'user-1' }, {}] });
  const subscribed = await developer.GET('/api/api_products', {
    params: { query: { subscription_status: 'subscribed', application_id } },
  });
  expect(subscribed.data).toMatchObject({ total: 1, list: [{ id: first }] });

  for (const { id } of waiting.data?.list ?? []) {
    const left = await developer.DELETE('/api/subscriptions/{subscription_id}', {
      params: { path: { subscription_id: id } },
    });
    expect(left.response.status).toBe(204);
  }
  expect((await developer.GET('/api/subscriptions', { params: { query: { api_product_id: second } } })).data).toEqual({
    list: [],
    total: 0,
  });
});

it('manages a key, which the gateway accepts until it is replaced or deleted', async () => {
  const product = await newProduct({ subscription_auto_approval: true, auth: { 'key-auth': {}, 'basic-auth': {} } });
  await developer.POST('/api/subscriptions', { body: { applications: [application_id], api_products: [product] } });
  const path = { application_id };
  const made = await developer.POST('/api/applications/{application_id}/credentials', {
    params: { path },
    body: { type: 'key-auth', name: 'Key', 'key-auth': null, desc: 'for the shop', labels: { stage: 'live' } },
  });
  expect(made.response.status).toBe(201);
  expect(made.data).toMatchObject({ type: 'key-auth', application_id, application_name: 'Shop', name: 'Key' });
  const ref = { params: { path: { application_id, credential_id: made.data?.id ?? '' } } };
  const key = keyOf(made.data);
  expect(await passes(product, { apikey: key })).toBe(200);

  const put = await developer.PUT('/api/applications/{application_id}/credentials/{credential_id}', {
    ...ref,
    body: { type: 'key-auth', name: 'Renamed' },
  });
  const renamed = expect.objectContaining({ name: 'Renamed', desc: '', labels: {} });
  expect([put.response.status, put.data]).toEqual([200, renamed]);
  const listed = await developer.GET('/api/credentials', {
    params: { query: { application_id: [application_id], auth_method: 'key-auth', order_by: 'name' } },
  });
  expect(listed.data).toMatchObject({ total: 1, list: [{ id: made.data?.id, name: 'Renamed' }] });

  const again = await developer.PUT('/api/applications/{application_id}/credentials/{credential_id}/regenerate', {
    ...ref,
    body: { type: 'key-auth' },
  });
  expect(again.response.status).toBe(200);
  expect([await passes(product, { apikey: key }), await passes(product, { apikey: keyOf(again.data) })]).toEqual([
    401, 200,
  ]);
  const gone = await developer.DELETE('/api/applications/{application_id}/credentials/{credential_id}', ref);
  expect([gone.response.status, await passes(product, { apikey: keyOf(again.data) })]).toEqual([204, 401]);

  const login = { username: 'shop', password: 'eleven small green words' };
  const basic = await developer.POST('/api/applications/{application_id}/credentials', {
    params: { path },
    body: { type: 'basic-auth', name: 'Login', 'basic-auth': login },
  });
  expect([basic.response.status, basic.data]).toEqual([201, expect.objectContaining({ 'basic-auth': login })]);
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  expect(await passes(product, { authorization })).toBe(200);
});

it('gets a clear error for OAuth credentials', async () => {
  const { response, error } = await developer.POST('/api/applications/{application_id}/credentials', {
    params: { path: { application_id } },
    body: { type: 'oauth', oauth: { dcr_provider_id: 'any' } },
  });
  expect([response.status, error]).toEqual([
    422,
    expect.objectContaining({ message: expect.stringContaining('/type: oauth is not supported yet') }),
  ]);
});

/** The key is in an object named after the type, which the OpenAPI document does not describe. */
function keyOf(credential: object | undefined): string {
  const made: unknown = Reflect.get(Object(credential), 'key-auth');
  return String(Reflect.get(Object(made), 'key'));
}
