import { newId } from '@gatehouse/db/columns';
import { describe, expect, it } from 'vitest';
import { updateApiProduct } from '../api-product/update-api-product.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { admin, codeOf, coreTest, portalToken } from '../testing/core-test.ts';
import { crowd, searchPlans } from '../testing/search-plans.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { createSubscription } from './create-subscription.ts';
import { createManySubscriptions } from './create-many-subscriptions.ts';
import { deleteSubscription } from './delete-subscription.ts';
import { listSubscriptionsOfApiProduct } from './list-subscriptions-of-api-product.ts';
import { listSubscriptions } from './list-subscriptions.ts';

const test = coreTest();
const count = async (portal_id: string) =>
  (await listSubscriptions.execute(test.as(portalToken(portal_id)), { portal_id })).total;

describe('a new subscription', () => {
  it('creates a pending approval, and mails each approver once', async () => {
    const portal_id = await test.portal({
      approver_emails: ['b@example.org', 'a@example.org', 'a@example.org'],
    });
    const ada = await subscriber(test, portal_id);
    const [application_id, api_product_id] = [await ada.application(), await publish(test, portal_id)];
    const made = await createSubscription.execute(ada.as(), { application_id, api_product_id });
    expect(made).toMatchObject({
      developer_id: ada.ref.developer_id,
      developer_name: 'ada',
      application_id,
      application_name: 'Shop',
      api_product_id,
      api_product_name: 'Weather',
      status: 'wait_for_approval',
    });
    // Clients of the compatible API would read null as 1970.
    expect(made).not.toHaveProperty('subscribed_at');
    const ref = { portal_id, api_product_id };
    expect((await listSubscriptionsOfApiProduct.execute(test.as(admin()), ref)).list).toEqual([
      { ...made, subscribed_at: null },
    ]);
    expect((await listSubscriptions.execute(ada.as(), {})).list).toEqual([made]);
    const pending = await listApprovals.execute(test.as(admin()), { portal_id, status: 'pending' });
    expect(pending.list).toMatchObject([
      {
        event: 'api_product_subscription',
        resource_type: 'api_product',
        resource_id: api_product_id,
        resource_name: 'Weather',
        applicant_id: ada.ref.developer_id,
      },
    ]);
    expect(await listApprovals.execute(ada.as(), {})).toEqual(pending);
    expect(
      await listApprovals.execute((await subscriber(test, portal_id, 'bob')).as(), {}),
      'another developer',
    ).toMatchObject({ total: 0 });
    expect(
      await test.rows(`select kind, "to", subject from email where portal_id = ? and kind like 'sub%' order by "to"`, [
        portal_id,
      ]),
    ).toEqual(
      ['a@example.org', 'b@example.org'].map((to) => ({
        kind: 'subscription_pending',
        to,
        subject: 'Subscription awaiting approval: Weather',
      })),
    );
    expect(await test.rows('select name, on_behalf_of from event where resource_id = ?', [made.id])).toEqual([
      { name: 'subscription.created', on_behalf_of: ada.ref.developer_id },
    ]);
  });

  it('takes effect immediately if the API product approves automatically', async () => {
    const portal_id = await test.portal({ approver_emails: ['a@example.org'] });
    const ada = await subscriber(test, portal_id);
    const api_product_id = await publish(test, portal_id, { subscription_auto_approval: true });
    const context = ada.as();
    const made = await createSubscription.execute(context, { application_id: await ada.application(), api_product_id });
    expect(made).toMatchObject({ status: 'subscribed', subscribed_at: context.now.toISOString() });
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).total).toBe(0);
    expect(await test.rows(`select 1 from email where portal_id = ? and kind like 'sub%'`, [portal_id])).toEqual([]);
  });

  it('fails for an application or API product that the caller cannot see', async () => {
    const [portal_id, elsewhere] = [await test.portal(), await test.portal()];
    const [ada, bob, eve] = [
      await subscriber(test, portal_id),
      await subscriber(test, portal_id, 'bob'),
      await subscriber(test, elsewhere, 'eve'),
    ];
    const [own, bobs, eves] = [await ada.application(), await bob.application(), await eve.application()];
    const published = await publish(test, portal_id);
    const absent = [
      await publish(test, portal_id, { status: 'draft' }),
      await publish(test, elsewhere),
      newId(),
      'nonsense',
    ];
    for (const api_product_id of absent)
      expect(await codeOf(createSubscription.execute(ada.as(), { application_id: own, api_product_id }))).toBe(
        'not_found',
      );
    for (const application_id of [bobs, eves, newId()])
      expect(await codeOf(createSubscription.execute(ada.as(), { application_id, api_product_id: published }))).toBe(
        'not_found',
      );
    await expect(
      createManySubscriptions.execute(ada.as(), { applications: [own, bobs], api_products: [published] }),
    ).rejects.toMatchObject({ code: 'not_found', issues: [{ path: '/applications/1' }] });
    expect(await count(portal_id)).toBe(0);
    // The portal token sees the applications of all developers.
    const portal = test.as(portalToken(portal_id));
    await createSubscription.execute(portal, { application_id: bobs, api_product_id: published });
    expect(await codeOf(createSubscription.execute(portal, { application_id: eves, api_product_id: published }))).toBe(
      'not_found',
    );
    const bound = test.as(admin(['*'], elsewhere));
    const ref = { application_id: own, api_product_id: published };
    expect(await codeOf(createSubscription.execute(bound, ref))).toBe('not_found');
    expect(await codeOf(createSubscription.execute(test.as(admin()), ref))).toBe('invalid_input');
    expect(await codeOf(createSubscription.execute(test.as(admin()), { ...ref, portal_id }))).toBe('none');
  });

  it('requires an active developer for every caller', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const ref = { application_id: await ada.application(), api_product_id: await publish(test, portal_id) };
    await suspendDeveloper.execute(test.as(admin()), ada.ref);
    for (const context of [ada.as(), test.as(portalToken(portal_id)), test.as(admin(['*'], portal_id))]) {
      expect(await codeOf(createSubscription.execute(context, ref))).toBe('developer_not_active');
      expect(await codeOf(createSubscription.execute(context, { ...ref, api_product_id: newId() }))).toBe('not_found');
    }
    expect(await count(portal_id)).toBe(0);
  });

  it('is unique for an application and an API product, even among concurrent calls', async () => {
    const portal_id = await test.portal({ approver_emails: ['a@example.org'] });
    const ada = await subscriber(test, portal_id);
    const ref = { application_id: await ada.application(), api_product_id: await publish(test, portal_id) };
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => codeOf(createSubscription.execute(ada.as(), ref))),
    );
    expect(codes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'already_subscribed'), 'none']);
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).total).toBe(1);
    expect(await test.rows(`select 1 from email where portal_id = ? and kind like 'sub%'`, [portal_id])).toHaveLength(
      1,
    );
  });
});

describe('subscriptions', () => {
  it('can be filtered by status, application and API product, searched and ordered', async () => {
    const portal_id = await test.portal();
    const [ada, bob] = [await subscriber(test, portal_id), await subscriber(test, portal_id, 'bob')];
    const [shop, blog] = [await ada.application('Shop'), await bob.application('Blog')];
    const weather = await publish(test, portal_id, { subscription_auto_approval: true });
    const tides = await publish(test, portal_id, { name: 'Tides' });
    await ada.subscribe(shop, tides);
    await ada.subscribe(shop, weather);
    await bob.subscribe(blog, weather);
    const portal = test.as(portalToken(portal_id));
    const list = async (filter: Parameters<typeof listSubscriptions.execute>[1], context = portal) =>
      (await listSubscriptions.execute(context, filter)).list.map(
        ({ application_name, api_product_name }) => `${application_name} ${api_product_name}`,
      );
    expect(await list({})).toEqual(['Blog Weather', 'Shop Weather', 'Shop Tides']);
    expect(await list({ direction: 'asc' })).toEqual(['Shop Weather', 'Blog Weather', 'Shop Tides']);
    expect(await list({ order_by: 'developer_name' })).toEqual(['Blog Weather', 'Shop Weather', 'Shop Tides']);
    expect(await list({ application_id: shop, api_product_id: weather })).toEqual(['Shop Weather']);
    expect(await list({ status: ['wait_for_approval'] })).toEqual(['Shop Tides']);
    expect(await list({ status: ['wait_for_approval', 'subscribed'] })).toHaveLength(3);
    expect(await list({ status: ['wait_for_approval', 'unsubscribed'] })).toEqual(['Shop Tides']);
    expect(await list({ status: ['unsubscribed'] })).toEqual([]);
    expect(await list({ search: 'tide' })).toEqual(['Shop Tides']);
    expect(await list({ search: 'BLO' })).toEqual(['Blog Weather']);
    expect(await list({ search: 'bob' })).toEqual(['Blog Weather']);
    expect(await list({ search: '%' })).toEqual([]);
    expect(await list({}, bob.as())).toEqual(['Blog Weather']);
    expect(await list({ application_id: shop }, bob.as())).toEqual([]);
    const walked: string[] = [];
    for (let cursor: string | null | undefined = ''; typeof cursor === 'string';) {
      const page: Awaited<ReturnType<typeof listSubscriptions.execute>> = await listSubscriptions.execute(portal, {
        cursor,
        page_size: 1,
      });
      walked.push(...page.list.map(({ api_product_name }) => api_product_name));
      cursor = page.next_cursor;
    }
    expect(walked).toEqual(['Weather', 'Weather', 'Tides']);
    const ofProduct = await listSubscriptionsOfApiProduct.execute(test.as(admin()), {
      portal_id,
      api_product_id: weather,
      search: 'shop',
      status: ['subscribed'],
    });
    expect(ofProduct).toMatchObject({ total: 1, list: [{ application_name: 'Shop', developer_name: 'ada' }] });
  });

  it('are searched by indexes', async () => {
    const portal_id = await test.portal();
    await crowd(test, portal_id);
    const portal = test.as(portalToken(portal_id));
    const plans = await searchPlans(test, () => listSubscriptions.execute(portal, { portal_id, search: 'weather' }));
    expect(plans).toHaveLength(1);
    for (const plan of plans)
      for (const index of ['application_search', 'application_label_search', 'api_product_search', 'developer_search'])
        expect(plan).toContain(index);
  });

  it('are visible only to their developer, their portal and admins', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    const [ada, bob] = [await subscriber(test, own), await subscriber(test, own, 'bob')];
    const eve = await subscriber(test, foreign, 'eve');
    const api_product_id = await publish(test, own);
    const subscription_id = await ada.subscribe(await ada.application(), api_product_id);
    for (const context of [bob.as(), eve.as(), test.as(portalToken(foreign)), test.as(admin(['*'], foreign))]) {
      expect(await listSubscriptions.execute(context, {})).toMatchObject({ total: 0 });
      expect(await codeOf(deleteSubscription.execute(context, { subscription_id }))).toBe('not_found');
    }
    expect(await codeOf(listSubscriptions.execute(ada.as(), { portal_id: foreign }))).toBe('not_found');
    const ofProduct = (context: ReturnType<typeof ada.as>, portal_id = own) =>
      codeOf(listSubscriptionsOfApiProduct.execute(context, { portal_id, api_product_id }));
    expect(await ofProduct(ada.as())).toBe('forbidden');
    expect(await ofProduct(test.as(portalToken(own)))).toBe('none');
    expect(await ofProduct(test.as(portalToken(foreign)))).toBe('not_found');
    expect(await ofProduct(test.as(admin(['*'])), foreign)).toBe('not_found');
    expect(await ofProduct(test.as(admin(['api_products:write'])))).toBe('forbidden');
    for (const context of [ada.as(), test.as(portalToken(own)), test.as(admin(['*'], own))])
      expect(await listSubscriptions.execute(context, {})).toMatchObject({ total: 1 });
    await deleteDeveloper.execute(test.as(admin()), ada.ref);
    expect(await count(own)).toBe(0);
    await expect(
      deleteSubscription.execute(test.as(portalToken(own)), { subscription_id }),
      'like an unknown subscription',
    ).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('subscription') });
  });

  it('can be deleted, which cancels a pending approval', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const [application_id, api_product_id] = [await ada.application(), await publish(test, portal_id)];
    const subscription_id = await ada.subscribe(application_id, api_product_id);
    await deleteSubscription.execute(ada.as(), { subscription_id });
    expect(await codeOf(deleteSubscription.execute(ada.as(), { subscription_id }))).toBe('not_found');
    expect(await codeOf(deleteSubscription.execute(ada.as(), { subscription_id: 'nonsense' }))).toBe('not_found');
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).list).toMatchObject([
      { status: 'finished', result: 'cancelled', operator_id: null },
    ]);
    expect(
      await test.rows('select name, on_behalf_of from event where resource_id = ? order by id', [subscription_id]),
    ).toEqual(
      ['subscription.created', 'subscription.deleted'].map((name) => ({ name, on_behalf_of: ada.ref.developer_id })),
    );
    // The application can subscribe again.
    const again = await ada.subscribe(application_id, api_product_id);
    await suspendDeveloper.execute(test.as(admin()), ada.ref);
    expect(await codeOf(deleteSubscription.execute(ada.as(), { subscription_id: again }))).toBe('developer_not_active');
    await deleteSubscription.execute(test.as(portalToken(portal_id)), { subscription_id: again });
    expect(await count(portal_id)).toBe(0);
  });

  it('stay when their API product becomes a draft, which accepts no new ones', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const api_product_id = await publish(test, portal_id);
    await ada.subscribe(await ada.application(), api_product_id);
    await updateApiProduct.execute(test.as(admin()), { portal_id, api_product_id, status: 'draft' });
    expect(await count(portal_id)).toBe(1);
    expect(await codeOf(ada.subscribe(await ada.application(), api_product_id))).toBe('not_found');
  });
});
