import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  call,
  createApplication,
  createCredential,
  createLoginOption,
  newPortal,
  PASSWORD,
  register,
  signedIn,
} from './api.ts';
import { everyCall, pathOf, type Call } from './every-call.ts';
import { startSystem, type System } from './system.ts';
import { complete } from './wrong-values.ts';

let system: System;
let own: string;
let foreign: string;
let token: string;

beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { RATE_LIMITS: 'off' } });
  [own, foreign] = [await newPortal(system), await newPortal(system)];
  token = await signedIn(system, own, 'ada');
});
afterAll(() => system?.[Symbol.asyncDispose]());

/** Creates records of other developers and returns their ids. */
async function recordsIn(portal_id: string): Promise<Record<string, string>> {
  const invite = `POST /api/portals/${portal_id}/developers/invites`;
  const { developer_id } = (await call(system, invite, { body: { username: 'eve', password: PASSWORD } })).body;
  await signedIn(system, portal_id, 'mallory');
  const approval = await register(system, portal_id, 'pending');
  const product = await call(system, `POST /api/portals/${portal_id}/api_products`, { body: { name: 'Weather' } });
  const application_id = String((await createApplication(system, portal_id, String(developer_id)))['id']);
  const credential = await createCredential(system, { portal_id, application_id });
  const [{ id: session_id } = { id: '' }] = await system.sql<{ id: string }>(
    `select s.id from session s join developer d on d.id = s.developer_uid where d.portal_id = $1 and d.username = 'mallory'`,
    [portal_id],
  );
  return {
    portal_id,
    login_option_id: await createLoginOption(system, portal_id),
    session_id,
    application_id,
    developer_id: String(developer_id),
    approval_id: String(approval['id']),
    api_product_id: String(product.body['id']),
    credential_id: String(credential['id']),
  };
}

const state = async () => JSON.stringify(await system.sql('select count(*) as events from event'));

/** Expects 404 for records of developers, and 403 or 404 for calls that developers cannot make. */
async function expectNothing(calls: Call[], ids: Record<string, string>): Promise<void> {
  for (const each of calls) {
    const what = `${each.method} ${pathOf(each.path, ids)}`;
    const answer = await call(system, what, { token, body: each.body ? complete(each) : undefined });
    const isOwnKind = each.isPersonal || each.path.startsWith('/api/applications');
    expect(isOwnKind ? [404] : [403, 404], `${what} ${answer.text}`).toContain(answer.status);
  }
}

it('a developer session neither reads nor changes records of another portal', async () => {
  const ids = await recordsIn(foreign);
  const before = await state();
  const calls = (await everyCall(system)).filter(({ isPublic, path }) => !isPublic && path.includes('{'));
  await expectNothing(calls, ids);
  for (const list of ['applications', 'credentials'])
    expect((await call(system, `GET /api/${list}?portal_id=${foreign}`, { token })).status).toBe(404);
  expect(await state()).toBe(before);
});

it('a developer session neither reads nor changes records of other developers in its portal', async () => {
  const ids = await recordsIn(own);
  const before = await state();
  const calls = (await everyCall(system)).filter(({ isPublic, path }) => !isPublic && path.includes('{'));
  // Signing out and changing the password are allowed in this portal.
  await expectNothing(
    calls.filter(({ path }) => !path.includes('/auth/')),
    ids,
  );
  for (const list of ['applications', 'credentials', 'approvals'])
    expect((await call(system, `GET /api/${list}`, { token })).body).toMatchObject({ list: [], total: 0 });
  for (const list of ['portals', 'deletions', 'emails', 'audit_events', 'tokens'])
    expect((await call(system, `GET /api/${list}`, { token })).status).toBe(403);
  for (const path of ['/metrics', '/queues/api/queues'])
    expect((await call(system, `GET ${path}`, { token })).status).toBe(403);
  expect(await state()).toBe(before);
});
