import { createGatehouseClient, problemOf } from '@gatehouse/client/index';
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
