import { newId } from '@gatehouse/db/columns';
import { describe, expect, it } from 'vitest';
import { listApplications } from '../application/list-applications.ts';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { listLabels } from '../label/list-labels.ts';
import { admin, codeOf, coreTest, portalToken } from '../testing/core-test.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { getVisibleApiProduct } from './get-visible-api-product.ts';
import { listVisibleApiProducts } from './list-visible-api-products.ts';

const test = coreTest();
type Filter = Parameters<typeof listVisibleApiProducts.execute>[1];
type As = ReturnType<typeof test.as>;

const statuses = async (context: As, filter: Filter = {}) =>
  Object.fromEntries(
    (await listVisibleApiProducts.execute(context, filter)).list.map(({ name, subscription_status }) => [
      name,
      subscription_status,
    ]),
  );

describe('API products for front ends and developers', () => {
  it('include the published ones of the portal, even if only subscribers may read the document', async () => {
    const [portal_id, elsewhere] = [await test.portal(), await test.portal()];
    const ada = await subscriber(test, portal_id);
    const weather = await publish(test, portal_id);
    const draft = await publish(test, portal_id, { name: 'Draft', status: 'draft' });
    const closed = await publish(test, portal_id, { name: 'Closed', can_view_unsubscribed: false });
    const foreign = await publish(test, elsewhere);
    const portal = test.as(portalToken(portal_id));
    for (const context of [portal, test.as(admin(['*'], portal_id)), ada.as()])
      expect(Object.keys(await statuses(context)).toSorted()).toEqual(['Closed', 'Weather']);
    const seen = (context: As, api_product_id: string) =>
      codeOf(getVisibleApiProduct.execute(context, { api_product_id }));
    expect([await seen(ada.as(), weather), await seen(ada.as(), closed)]).toEqual(['none', 'none']);
    expect(await ada.subscribe(await ada.application(), closed)).not.toBe('');
    for (const id of [draft, foreign, newId(), 'nonsense']) expect(await seen(ada.as(), id)).toBe('not_found');
    expect(await seen(portal, draft)).toBe('not_found');
    expect(await codeOf(listVisibleApiProducts.execute(portal, { portal_id: elsewhere }))).toBe('not_found');
    expect(await codeOf(listVisibleApiProducts.execute(test.as(admin()), {}))).toBe('invalid_input');
    expect(await codeOf(listVisibleApiProducts.execute(test.as(portalToken(portal_id, ['developers:read'])), {}))).toBe(
      'forbidden',
    );
  });

  it('exclude products for signed-in developers when the portal token acts for no developer', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    await publish(test, portal_id, { name: 'Tides', labels: { team: 'a' } });
    const labels = { team: 'a', codename: 'heron' };
    const members = await publish(test, portal_id, { name: 'Tidal atlas', visibility: 'logged_in', labels });
    await ada.subscribe(await ada.application(), members);
    const visitor = test.as(portalToken(portal_id));
    const filters: Filter[] = [{}, { search: 'tid' }, { labels: { team: 'a' } }, { page_size: 1 }, { cursor: '' }];
    for (const filter of filters) {
      const [shown, all] = [
        await listVisibleApiProducts.execute(visitor, filter),
        await listVisibleApiProducts.execute(ada.as(), filter),
      ];
      expect([shown.total, shown.list.map(({ name }) => name), all.total]).toEqual([1, ['Tides'], 2]);
    }
    expect(await statuses(visitor, { search: 'atlas' })).toEqual({});
    expect(await statuses(visitor, { subscription_status: 'unsubscribed' })).toEqual({ Tides: 'unsubscribed' });
    expect(Object.keys(await statuses(test.as(admin(['*'], portal_id))))).toHaveLength(2);
    const products = { resource_type: 'api_product' } as const;
    expect(await listLabels.execute(visitor, products)).toEqual({ team: ['a'] });
    expect(await listLabels.execute(ada.as(), products)).toEqual({ codename: ['heron'], team: ['a'] });
    // A front end may read any product by its id, and decides who sees it.
    expect(await codeOf(getVisibleApiProduct.execute(visitor, { api_product_id: members }))).toBe('none');
  });

  it('show the subscription status of the developer, or of one application', async () => {
    const portal_id = await test.portal();
    const [ada, bob] = [await subscriber(test, portal_id), await subscriber(test, portal_id, 'bob')];
    const [shop, blog] = [await ada.application('Shop'), await ada.application('Blog')];
    const [weather, tides] = [await publish(test, portal_id), await publish(test, portal_id, { name: 'Tides' })];
    await publish(test, portal_id, { name: 'Stars' });
    await ada.subscribe(shop, weather);
    const [approval] = (await listApprovals.execute(test.as(admin()), { portal_id })).list;
    await acceptApproval.execute(test.as(admin()), { approval_id: approval?.id ?? '' });
    await ada.subscribe(blog, weather);
    await ada.subscribe(blog, tides);
    const none = { Weather: 'unsubscribed', Tides: 'unsubscribed', Stars: 'unsubscribed' };
    const adas = { Weather: 'subscribed', Tides: 'wait_for_approval', Stars: 'unsubscribed' };
    const blogs = { ...adas, Weather: 'wait_for_approval' };
    const portal = test.as(portalToken(portal_id));
    expect(await statuses(ada.as())).toEqual(adas);
    expect(await statuses(bob.as())).toEqual(none);
    expect(await statuses(portal)).toEqual(none);
    expect(await statuses(ada.as(), { application_id: blog })).toEqual(blogs);
    expect(await statuses(portal, { application_id: blog })).toEqual(blogs);
    expect(await statuses(portal, { application_id: shop })).toEqual({ ...none, Weather: 'subscribed' });
    for (const application_id of [blog, newId()])
      expect(await codeOf(listVisibleApiProducts.execute(bob.as(), { application_id }))).toBe('not_found');
    expect(await statuses(ada.as(), { subscription_status: 'subscribed' })).toEqual({ Weather: 'subscribed' });
    expect(await statuses(ada.as(), { subscription_status: 'unsubscribed' })).toEqual({ Stars: 'unsubscribed' });
    expect(
      await statuses(ada.as(), { subscription_status: 'wait_for_approval', application_id: blog, search: 'weat' }),
    ).toEqual({ Weather: 'wait_for_approval' });
    expect(await getVisibleApiProduct.execute(ada.as(), { api_product_id: weather })).toMatchObject({
      name: 'Weather',
      subscription_status: 'subscribed',
    });
  });

  it('show the best status among all applications, in whatever order they subscribed', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const [shop, blog] = [await ada.application('Shop'), await ada.application('Blog')];
    for (const [name, first, second] of [
      ['Weather', shop, blog],
      ['Tides', blog, shop],
    ] as const) {
      const product = await publish(test, portal_id, { name });
      const id = await ada.subscribe(first, product);
      await ada.subscribe(second, product);
      const other = await test.rows(
        `update subscription set status = 'subscribed' where api_product_id = ? and (id = ?) = ? returning 1`,
        [product, id, name === 'Weather'],
      );
      expect(other).toHaveLength(1);
    }
    expect(await statuses(ada.as())).toEqual({ Weather: 'subscribed', Tides: 'subscribed' });
  });

  it('can be filtered by labels, and are ordered by their last change', async () => {
    const portal_id = await test.portal();
    const first = await publish(test, portal_id, { name: 'First', labels: { team: 'a' } });
    await publish(test, portal_id, { name: 'Second' });
    await test.rows(`update api_product set updated_at = now() + interval '1 day' where id = ? returning 1`, [first]);
    const portal = test.as(portalToken(portal_id));
    expect(Object.keys(await statuses(portal))).toEqual(['First', 'Second']);
    expect(Object.keys(await statuses(portal, { order_by: 'created_at' }))).toEqual(['Second', 'First']);
    expect(Object.keys(await statuses(portal, { labels: { team: 'a' } }))).toEqual(['First']);
    const page = await listVisibleApiProducts.execute(portal, { cursor: '', page_size: 1 });
    const next = await listVisibleApiProducts.execute(portal, { cursor: page.next_cursor ?? '', page_size: 1 });
    expect([...page.list, ...next.list].map(({ name }) => name)).toEqual(['First', 'Second']);
  });
});

it('applications show their subscription status only when the caller asks about one API product', async () => {
  const portal_id = await test.portal();
  const ada = await subscriber(test, portal_id);
  const [shop] = [await ada.application('Shop'), await ada.application('Blog')];
  const api_product_id = await publish(test, portal_id);
  await ada.subscribe(shop, api_product_id);
  const list = async (filter: object) =>
    (await listApplications.execute(ada.as(), filter)).list.map(({ name, subscription_status }) => [
      name,
      subscription_status,
    ]);
  expect(await list({ api_product_id })).toEqual([
    ['Blog', 'unsubscribed'],
    ['Shop', 'wait_for_approval'],
  ]);
  expect(await list({})).toEqual([
    ['Blog', undefined],
    ['Shop', undefined],
  ]);
  const draft = await publish(test, portal_id, { status: 'draft' });
  expect(await codeOf(list({ api_product_id: draft }))).toBe('not_found');
});
