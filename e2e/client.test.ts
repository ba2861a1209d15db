import { createGatehouseClient, problemOf } from '@gatehouse/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPortal, PASSWORD, register } from './api.ts';
import { startSystem, type System } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { RATE_LIMITS: 'off' } });
});
afterAll(() => system?.[Symbol.asyncDispose]());

const client = (token = system.adminToken) => createGatehouseClient({ url: system.url, token });

it('lists, approves and deletes', async () => {
  const portal_id = await newPortal(system);
  await register(system, portal_id, 'ada');
  const pending = await client().developers.list.query({ portal_id, state: 'Pending' });
  expect(pending).toMatchObject({ total: 1, list: [{ username: 'ada', state: 'Pending' }] });
  const approvals = await client().approvals.list.query({ portal_id, status: 'pending' });
  const accepted = await client().approvals.accept.mutate({ approval_id: approvals.list[0]?.id ?? '' });
  expect(accepted).toMatchObject({ result: 'accepted', resource_name: 'ada' });
  const deletion = await client().developers.delete.mutate({ portal_id, developer_id: accepted.applicant_id });
  expect(deletion).toMatchObject({ status: 'pending', username: 'ada' });
});

it('leads from an API product to a key that the gateway accepts, and then to a key that it rejects', async () => {
  const portal_id = await newPortal(system);
  const made = await client().tokens.create.mutate({ kind: 'portal', name: 'front end', portal_id });
  const { developer_id } = await client().developers.invite.mutate({ portal_id, username: 'ada', password: PASSWORD });
  const product = await client().apiProducts.create.mutate({ portal_id, name: 'Weather', status: 'published' });
  const ada = createGatehouseClient({
    url: system.url,
    token: made.token,
    developerId: developer_id,
  });
  const { id: application_id } = await ada.applications.create.mutate({ name: 'Shop' });
  const { status } = await ada.subscriptions.create.mutate({ api_product_id: product.id, application_id });
  expect(status).toBe('wait_for_approval');
  const key = await ada.credentials.create.mutate({ application_id, type: 'key-auth', name: 'Key' });
  const ask = async (made_key: typeof key) => {
    const headers = { apikey: made_key['key-auth']?.key ?? '' };
    return (await fetch(`${system.url}/gateway/verify/${product.id}`, { headers })).status;
  };
  const asked = () => ask(key);
  expect(await asked()).toBe(403);

  const [approval] = (await client().approvals.list.query({ portal_id, status: 'pending' })).list;
  await client().approvals.accept.mutate({ approval_id: approval?.id ?? '' });
  await expect.poll(asked, { timeout: 1000, interval: 50 }).toBe(200);

  await client().developers.suspend.mutate({ portal_id, developer_id });
  expect(await asked()).toBe(403);
  await client().developers.reactivate.mutate({ portal_id, developer_id });
  await expect.poll(asked, { timeout: 1000, interval: 50 }).toBe(200);

  const ref = { application_id, credential_id: key.id };
  const next = await ada.credentials.regenerate.mutate({ ...ref, type: 'key-auth', overlap_seconds: 1 });
  expect([await asked(), await ask(next)]).toEqual([200, 200]);
  await expect.poll(asked, { timeout: 2500, interval: 100 }).toBe(401);
  expect(await ask(next)).toBe(200);
  await ada.credentials.delete.mutate(ref);
  expect(await ask(next)).toBe(401);
});

it('registers and signs in without a token, and then makes calls with the token of the session', async () => {
  const portal_id = await newPortal(system, { registration_auto_approval: true });
  const visitor = createGatehouseClient({ url: system.url });
  const account = { portal_id, username: 'ada', email: 'ada@example.org', password: PASSWORD };
  expect(await visitor.auth.register.mutate(account)).toEqual({ status: 'submitted' });
  let token: string | null = null;
  const ada = createGatehouseClient({ url: system.url, token: () => token });
  await expect(ada.me.get.query()).rejects.toMatchObject({ status: 401, problem: { code: 'unauthenticated' } });
  ({ token } = await visitor.auth.login.mutate({ portal_id, username: 'ada', password: PASSWORD }));
  expect(await ada.me.get.query()).toMatchObject({ username: 'ada' });
  expect(await ada.apiProducts.listVisible.query()).toEqual({ list: [], total: 0 });
});

it('gets the same problem documents as REST, with the same status, alone and in a batch', async () => {
  const portal_id = await newPortal(system);
  const failed = async (call: Promise<unknown>) => {
    const problem = problemOf(
      await call.then(
        () => null,
        (error: unknown) => error,
      ),
    );
    return `${problem?.status} ${problem?.code}`;
  };
  const invite = (username: string, by = client()) =>
    by.developers.invite.mutate({ portal_id, username, password: PASSWORD });
  expect(await failed(invite('ada'))).toBe('undefined undefined');
  expect(await failed(invite('ada'))).toBe('409 username_taken');
  expect(await failed(invite(' '))).toBe('422 invalid_input');
  expect(await failed(invite('x', client('gth_admin_wrong')))).toBe('401 unauthenticated');
  const both = client();
  expect(
    await Promise.all([
      failed(both.portals.get.query({ portal_id })),
      failed(both.portals.get.query({ portal_id: 'none' })),
    ]),
  ).toEqual(['undefined undefined', '404 not_found']);
});
