import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, newPortal, until } from '../api.ts';
import { startSystem, type System } from '../system.ts';
import { portalClient, portalToken, type PortalClient } from './client.ts';

let system: System;
let portal_id: string;
let token: string;
/** Clients of the portal itself, and on behalf of its developer `user-1`. */
let portal: PortalClient;
let developer: PortalClient;

beforeAll(async () => {
  system = await startSystem({ env: { RATE_LIMITS: 'off' } });
  portal_id = await newPortal(system, { registration_auto_approval: true, public_access: false });
  token = await portalToken(system, portal_id);
  portal = portalClient(system, { token });
  await portal.POST('/api/developers', { body: { developer_id: 'user-1' } });
  developer = portalClient(system, { token, developerId: 'user-1' });
});
afterAll(() => system?.[Symbol.asyncDispose]());

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('a client of the compatible API', () => {
  it('creates, lists and deletes developers', async () => {
    const made = await portal.POST('/api/developers', { body: { developer_id: 'user-2' } });
    expect(made.response.status).toBe(201);
    expect(made.data).toMatchObject({ id: 'user-2', name: 'user-2', status: 'Active' });
    expect([made.data?.created_at, made.data?.updated_at]).toEqual([
      expect.stringMatching(time),
      expect.stringMatching(time),
    ]);
    const query = { page: 1, page_size: 10, direction: 'asc', order_by: 'created_at', search: 'user' } as const;
    const listed = await portal.GET('/api/developers', { params: { query } });
    expect(listed.data).toMatchObject({ list: [{ id: 'user-1' }, { id: 'user-2' }], total: 2 });
    expect((await developer.GET('/api/developers')).data).toMatchObject({ list: [{ id: 'user-1' }], total: 1 });

    const path = { developer_id: 'user-2' };
    const gone = await portal.DELETE('/api/developers/{developer_id}', { params: { path } });
    expect([gone.response.status, gone.data, gone.error]).toEqual([204, undefined, undefined]);
    const location = String(gone.response.headers.get('location'));
    expect(location).toMatch(/^\/api\/deletions\/[0-9a-f-]{36}$/);
    await until('the deletion', async () =>
      (await call(system, `GET ${location}`, { token })).body['status'] === 'completed' ? true : null,
    );
    expect((await portal.DELETE('/api/developers/{developer_id}', { params: { path } })).response.status).toBe(404);
  });

  it('creates a pending developer in a portal without automatic approval', async () => {
    const waiting = await newPortal(system);
    const client = portalClient(system, { token: await portalToken(system, waiting) });
    const { data } = await client.POST('/api/developers', { body: { developer_id: 'user-1' } });
    expect(data).toMatchObject({ id: 'user-1', status: 'Pending' });
  });

  it('manages the applications of its developer', async () => {
    const body = { name: 'Shop', desc: 'Sells\nthings', labels: { tier: 'gold' } };
    const made = await developer.POST('/api/applications', { body });
    expect([made.response.status, made.data]).toEqual([201, expect.objectContaining(body)]);
    const params = { path: { application_id: made.data?.id ?? '' } };
    const put = await developer.PUT('/api/applications/{application_id}', { params, body: { ...body, name: 'Store' } });
    expect([put.response.status, put.data?.name]).toEqual([200, 'Store']);
    expect((await developer.GET('/api/applications/{application_id}', { params })).data).toEqual(put.data);

    const list = async (labels: string) =>
      (
        await developer.GET('/api/applications', {
          params: { query: { page: 1, page_size: 10, order_by: 'updated_at', direction: 'desc' } },
          querySerializer: (query) =>
            `${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))}&${labels}`,
        })
      ).data?.total;
    expect([
      await list('labels%5Btier%5D=gold'),
      await list('labels[tier]=gold'),
      await list('labels[tier]=x'),
    ]).toEqual([1, 1, 0]);
    const labels = { params: { path: { resource_type: 'developer_application' } } } as const;
    expect((await developer.GET('/api/labels/{resource_type}', labels)).data).toEqual({ tier: ['gold'] });

    const gone = await developer.DELETE('/api/applications/{application_id}', { params });
    expect(gone.response.status).toBe(204);
    expect((await developer.GET('/api/applications')).data).toEqual({ list: [], total: 0 });
  });

  it('reads labels, settings and DCR providers', async () => {
    for (const resource_type of ['developer_credential', 'developer_application', 'api_product'] as const) {
      const { response, data } = await portal.GET('/api/labels/{resource_type}', {
        params: { path: { resource_type } },
      });
      expect([response.status, data]).toEqual([200, {}]);
    }
    expect((await portal.GET('/api/system_settings/public_access')).data).toEqual({ portal_public_access: false });
    expect((await portal.GET('/api/system_settings/smtp_server_status')).data).toEqual({ enable: false });
    const query = { page: 1, page_size: 10, direction: 'asc', order_by: 'created_at', search: 'x' } as const;
    expect((await portal.GET('/api/dcr_providers', { params: { query } })).data).toEqual({ list: [], total: 0 });
  });

  it('gets every error as application/json with status and message', async () => {
    const nobody = portalClient(system, { token: 'wrong' });
    const path = { application_id: 'none' };
    const answers = [
      { expected: 401, ...(await nobody.GET('/api/developers')) },
      { expected: 404, ...(await developer.GET('/api/applications/{application_id}', { params: { path } })) },
      { expected: 409, ...(await portal.POST('/api/developers', { body: { developer_id: 'user-1' } })) },
      { expected: 422, ...(await portal.POST('/api/developers', { body: { developer_id: 'no id' } })) },
      { expected: 403, ...(await developer.POST('/api/developers', { body: { developer_id: 'user-9' } })) },
    ];
    for (const { expected, response, error } of answers) {
      expect([response.status, response.headers.get('content-type')]).toEqual([
        expected,
        'application/json; charset=utf-8',
      ]);
      expect(error).toMatchObject({ status: expected, message: expect.stringMatching(/./) });
    }
  });

  it('gets an empty list of API calls', async () => {
    const query = { start_at: 1_764_000_000, end_at: 1_764_086_400 };
    const ids = ['0190f3a0-0000-7000-8000-000000000000', '0190f3a0-0000-7000-8000-000000000001'];
    const filtered = { ...query, application_id: ids, api_product_id: ids, credential_id: ids };
    for (const asked of [query, filtered]) {
      const { response, data } = await developer.GET('/api/applications/api_calls', { params: { query: asked } });
      expect([response.status, data]).toEqual([200, { list: [], total: 0 }]);
    }
  });
});
