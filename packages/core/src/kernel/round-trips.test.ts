import { createOrm } from '@gatehouse/db/orm';
import { startStallingProxy, type StallingProxy } from '@gatehouse/testing/stalling-proxy';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createApplication } from '../application/create-application.ts';
import { acceptApproval } from '../approval/accept-approval.ts';
import { rejectApproval } from '../approval/reject-approval.ts';
import { login } from '../auth/login.ts';
import { register } from '../auth/register.ts';
import { createCredential } from '../credential/create-credential.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { createSubscription } from '../subscription/create-subscription.ts';
import { admin, anonymous, coreTest, PASSWORD } from '../testing/core-test.ts';
import { registered } from '../testing/in-person.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import type { Context } from './context.ts';

const test = coreTest();
let proxy: StallingProxy;
let counted: MikroORM;

beforeAll(async () => {
  const [row] = await test.rows<{ name: string }>('select current_database() as name');
  proxy = await startStallingProxy(inject('databaseServerUrl').replace(/[^/]+$/, row?.name ?? ''));
  counted = createOrm({ databaseUrl: proxy.url, poolSize: 1 });
});
afterAll(async () => {
  await counted.close();
  await proxy[Symbol.asyncDispose]();
});

/** The round trips of a call to the database, with those before its transaction. */
async function tripsOf(call: (counted: (context: Context) => Context) => Promise<unknown>): Promise<number> {
  const on = (context: Context): Context => ({ ...context, em: counted.em, origin });
  await on(test.as(admin())).em.fork().execute('select 1');
  const before = proxy.roundTrips();
  await call(on);
  return proxy.roundTrips() - before;
}

const origin = { address: '192.0.2.7', userAgent: 'test' };

async function pending(portal_id: string, username: string): Promise<string> {
  await registered(test, portal_id, username);
  const [approval] = await test.rows<{ id: string }>(
    'select id from approval where portal_id = ? and resource_name = ?',
    [portal_id, username],
  );
  return approval?.id ?? '';
}

it('makes few round trips to the database', async () => {
  const portal_id = await test.portal({ approver_emails: ['approver@example.org'] });
  const [accepted, rejected] = [await pending(portal_id, 'accepted'), await pending(portal_id, 'rejected')];
  const ada = await subscriber(test, portal_id, 'ada');
  const [application_id, other] = [await ada.application(), await ada.application('Other')];
  const api_product_id = await publish(test, portal_id);
  await ada.subscribe(other, api_product_id);
  const [asked] = await test.rows<{ id: string }>(`select id from approval where resource_type = 'api_product'`);
  const own = (on: (context: Context) => Context): Context => on(ada.as());
  const byAdmin = (on: (context: Context) => Context): Context => on(test.as(admin()));
  const visitor = (on: (context: Context) => Context): Context => on(test.as(anonymous));
  const named = { portal_id, username: 'new', email: 'new@example.org', password: PASSWORD };
  const trips = {
    'accept a registration': await tripsOf((on) => acceptApproval.execute(byAdmin(on), { approval_id: accepted })),
    'accept a subscription': await tripsOf((on) =>
      acceptApproval.execute(byAdmin(on), { approval_id: asked?.id ?? '' }),
    ),
    'reject a registration': await tripsOf((on) =>
      rejectApproval.execute(byAdmin(on), { approval_id: rejected, reason: 'no' }),
    ),
    'create an application': await tripsOf((on) => createApplication.execute(own(on), { name: 'Shop' })),
    'create a credential': await tripsOf((on) =>
      createCredential.execute(own(on), { application_id, type: 'key-auth', name: 'key' }),
    ),
    subscribe: await tripsOf((on) => createSubscription.execute(own(on), { application_id, api_product_id })),
    register: await tripsOf((on) => register.execute(visitor(on), named)),
    'sign in': await tripsOf((on) => login.execute(visitor(on), { portal_id, username: 'ada', password: PASSWORD })),
    invite: await tripsOf((on) =>
      inviteDeveloper.execute(byAdmin(on), { ...named, username: 'guest', email: 'guest@example.org' }),
    ),
    update: await tripsOf((on) => updateDeveloper.execute(byAdmin(on), { ...ada.ref, name: 'Ada' })),
    suspend: await tripsOf((on) => suspendDeveloper.execute(byAdmin(on), { ...ada.ref, reason: 'no' })),
    delete: await tripsOf((on) => deleteDeveloper.execute(byAdmin(on), ada.ref)),
  };
  expect(trips).toEqual({
    'accept a registration': 2,
    'accept a subscription': 3,
    'reject a registration': 2,
    'create an application': 4,
    'create a credential': 7,
    subscribe: 6,
    register: 7,
    'sign in': 5,
    invite: 3,
    update: 2,
    suspend: 3,
    delete: 2,
  });
});
