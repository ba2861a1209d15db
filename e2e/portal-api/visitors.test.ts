import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, listOf, newPortal, register, signedIn } from '../api.ts';
import { startSystem, type System } from '../system.ts';
import { portalClient, portalToken, type PortalClient } from './client.ts';

/** Calls of a front end for API7's Developer Portal API, for visitors, developers and administrators. */
let system: System;
let portal_id: string;
let token: string;
let developer: PortalClient;

beforeAll(async () => {
  system = await startSystem({ env: { RATE_LIMITS: 'off' } });
  portal_id = await newPortal(system, { registration_auto_approval: true });
  token = await portalToken(system, portal_id);
  await portalClient(system, { token }).POST('/api/developers', { body: { developer_id: 'user-1' } });
  developer = portalClient(system, { token, developerId: 'user-1' });
});
afterAll(() => system?.[Symbol.asyncDispose]());

async function newProduct(given: object): Promise<string> {
  const body = { status: 'published', ...given };
  return String((await call(system, `POST /api/portals/${portal_id}/api_products`, { body })).body['id']);
}

describe.each([
  ['an empty', ''],
  ['no', undefined],
])('a visitor, for whom the front end sends %s developer header,', (_, developerId) => {
  const visitor = () => portalClient(system, { token, ...(developerId === undefined ? {} : { developerId }) });

  it('sees only public API products and their labels', async () => {
    const team = `team-${String(developerId)}`;
    const open = await newProduct({ name: 'Open', labels: { team } });
    const closed = await newProduct({ name: 'Members', visibility: 'logged_in', labels: { team, codename: team } });
    const seen = async (client: PortalClient) => (await client.GET('/api/api_products')).data?.list.map(({ id }) => id);
    expect(await seen(visitor())).toContain(open);
    expect(await seen(visitor())).not.toContain(closed);
    expect(await seen(developer)).toEqual(expect.arrayContaining([open, closed]));
    const search = { params: { query: { search: 'members' } } };
    expect((await visitor().GET('/api/api_products', search)).data).toEqual({ list: [], total: 0 });
    const labels = { params: { path: { resource_type: 'api_product' } } } as const;
    expect((await visitor().GET('/api/labels/{resource_type}', labels)).data).toEqual({
      team: expect.arrayContaining([team]),
    });
    const one = { params: { path: { api_product_id: closed } } };
    expect((await visitor().GET('/api/api_products/{api_product_id}', one)).response.status).toBe(200);
  });

  it('causes no error in calls for developers and settings', async () => {
    const answers = [
      await visitor().GET('/api/developers'),
      await visitor().GET('/api/system_settings/public_access'),
      await visitor().GET('/api/system_settings/smtp_server_status'),
    ];
    expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200]);
  });
});

it('an empty developer header gives no access to records of developers', async () => {
  const visitor = portalClient(system, { token, developerId: '' });
  const answers = [
    await visitor.GET('/api/applications'),
    await visitor.POST('/api/applications', { body: { name: 'Shop' } }),
    await visitor.GET('/api/credentials'),
    await visitor.GET('/api/subscriptions'),
  ];
  for (const { response, error } of answers)
    expect([response.status, error]).toEqual([
      400,
      expect.objectContaining({ status: 400, message: expect.stringContaining('X-Portal-Developer-ID is empty') }),
    ]);
});

it('a developer subscribes to an API product whose document is for subscribers only', async () => {
  const api_product_id = await newProduct({ name: 'Closed document', can_view_unsubscribed: false });
  const params = { path: { api_product_id } };
  const seen = await developer.GET('/api/api_products/{api_product_id}', { params });
  expect(seen.data).toMatchObject({ can_view_unsubscribed: false, subscription_status: 'unsubscribed' });
  const { data } = await developer.POST('/api/applications', { body: { name: 'Shop' } });
  const body = { application_id: data?.id ?? '' };
  const made = await developer.POST('/api/api_products/{api_product_id}/subscriptions', { params, body });
  expect(made.response.status).toBe(201);
  const { data: waiting } = await developer.GET('/api/subscriptions', { params: { query: { api_product_id } } });
  expect(waiting?.list.map((one) => [one.status, 'subscribed_at' in one])).toEqual([['wait_for_approval', false]]);
});

it('a developer edits applications, and finds them by their labels', async () => {
  const body = { name: 'Blog', desc: 'Words', labels: { stage: 'Evaluation' } };
  const { data: made } = await developer.POST('/api/applications', { body });
  const found = async () =>
    (await developer.GET('/api/applications', { params: { query: { search: 'evalu' } } })).data?.list.map(
      (one) => one.id,
    );
  expect(await found()).toEqual([made?.id]);
  const params = { path: { application_id: made?.id ?? '' } };
  const put = await developer.PUT('/api/applications/{application_id}', { params, body: { name: 'Blog' } });
  expect(put.data).toMatchObject({ name: 'Blog', desc: '', labels: {} });
  expect(await found()).toEqual([]);
});

it('a page of the front end lists approvals by name, and records the administrator who decides', async () => {
  const asks = await newPortal(system);
  const scopes = ['developers:write', 'api_products:read', 'approvals:read', 'approvals:decide'];
  const page = await portalToken(system, asks, scopes);
  const { id } = await register(system, asks, 'ada');
  const listed = await call(system, 'GET /api/approvals?resource_name=ada', { token: page });
  expect(listOf(listed).map((approval) => approval['id'])).toEqual([id]);
  const metadata = JSON.stringify({ operator_id: 'user-7', operator_name: 'Grace' });
  const decided = await call(system, `POST /api/approvals/${String(id)}/accept`, { token: page, body: { metadata } });
  expect([decided.status, decided.body]).toMatchObject([
    200,
    { result: 'accepted', operator_id: 'developer_portal_admin', operator_name: 'front end', metadata },
  ]);
});

it('the list of developers has only the signed-in developer', async () => {
  const session = await signedIn(system, portal_id, 'ada');
  const answer = await call(system, 'GET /api/developers', { token: session });
  expect([answer.status, listOf(answer)]).toMatchObject([200, [{ username: 'ada', status: 'Active' }]]);
});
