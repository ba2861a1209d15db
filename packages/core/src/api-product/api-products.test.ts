import { describe, expect, it } from 'vitest';
import { listApprovals } from '../approval/list-approvals.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { admin, codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { fillDeveloper } from '../testing/owned.ts';
import { createApiProduct } from './create-api-product.ts';
import { deleteApiProduct } from './delete-api-product.ts';
import { getApiProduct } from './get-api-product.ts';
import { listApiProducts } from './list-api-products.ts';
import { updateApiProduct } from './update-api-product.ts';

const test = coreTest();
const create = (portal_id: string, name: string, more: object = {}) =>
  createApiProduct.execute(test.as(admin()), { portal_id, name, ...more });

describe('API products', () => {
  it('start as drafts with key authentication, and can be published, updated, listed and searched', async () => {
    const portal_id = await test.portal();
    const weather = await create(portal_id, 'Weather', { labels: { tier: 'gold' } });
    expect(weather).toMatchObject({
      type: 'gateway',
      status: 'draft',
      visibility: 'public',
      auth: { 'key-auth': { header: 'apikey' } },
      subscription_auto_approval: false,
      can_view_unsubscribed: true,
    });
    await create(portal_id, 'Tides', { type: 'external', status: 'published' });
    const ref = { portal_id, api_product_id: weather.id };
    const update = (patch: object) => updateApiProduct.execute(test.as(admin()), { ...ref, ...patch });
    expect(
      await update({ status: 'published', labels: { tier: null, team: 'a' }, desc: 'Rain\nand sun' }),
    ).toMatchObject({
      status: 'published',
      labels: { team: 'a' },
      desc: 'Rain\nand sun',
    });
    expect(await update({ auth: { 'basic-auth': {} }, subscription_auto_approval: true })).toMatchObject({
      auth: { 'basic-auth': {} },
      subscription_auto_approval: true,
    });
    await update({ status: 'published' });
    expect(
      await test.rows(`select changed from event where name = 'api_product.updated' and resource_id = ? order by id`, [
        weather.id,
      ]),
    ).toEqual([{ changed: ['desc', 'labels', 'status'] }, { changed: ['auth', 'subscription_auto_approval'] }]);
    const names = async (filter: object) =>
      (
        await listApiProducts.execute(test.as(admin()), { portal_id, order_by: 'name', direction: 'asc', ...filter })
      ).list.map(({ name }) => name);
    expect(await names({})).toEqual(['Tides', 'Weather']);
    expect(await names({ search: 'rain' })).toEqual(['Weather']);
    expect(await names({ type: 'external', status: 'published' })).toEqual(['Tides']);
    expect(await names({ labels: { team: 'a' } })).toEqual(['Weather']);
    expect(await codeOf(update({ auth: { 'key-auth': { header: 'a b' } } }))).toBe('invalid_input');
  });

  it('end their subscriptions and cancel the pending approvals when they are deleted', async () => {
    const portal_id = await test.portal();
    const { developer_id } = await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'ada',
      password: PASSWORD,
    });
    const [owner] = await test.rows<{ id: string }>('select id from developer where developer_id = ?', [developer_id]);
    await fillDeveloper(test, { portal_id, developer_id, uid: owner?.id ?? '', applications: 3, perApplication: 2 });
    const [product] = (await listApiProducts.execute(test.as(admin()), { portal_id })).list;
    await deleteApiProduct.execute(test.as(admin()), { portal_id, api_product_id: product?.id ?? '' });
    const approvals = async (filter: object) =>
      (await listApprovals.execute(test.as(admin()), { portal_id, ...filter })).total;
    expect(await approvals({ result: 'cancelled' })).toBe(3);
    expect(await approvals({ status: 'pending' })).toBe(3);
    expect(await test.rows('select 1 from subscription where developer_uid = ?', [owner?.id])).toHaveLength(3);
  });

  it('are hidden from tokens of another portal, and require their own scope', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    const { id: api_product_id } = await create(foreign, 'Weather');
    const token = test.as(portalToken(own, ['api_products:write']));
    for (const portal_id of [own, foreign]) {
      expect(await codeOf(getApiProduct.execute(token, { portal_id, api_product_id }))).toBe('not_found');
      expect(await codeOf(updateApiProduct.execute(token, { portal_id, api_product_id, name: 'x' }))).toBe('not_found');
      expect(await codeOf(deleteApiProduct.execute(token, { portal_id, api_product_id }))).toBe('not_found');
    }
    expect(await codeOf(createApiProduct.execute(test.as(portalToken(own)), { portal_id: own, name: 'x' }))).toBe(
      'forbidden',
    );
  });
});
