import { newId } from '@gatehouse/db/columns';
import { describe, expect, it } from 'vitest';
import { codeOf, coreTest, portalToken } from '../testing/core-test.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { createManySubscriptions } from './create-many-subscriptions.ts';
import { listSubscriptions } from './list-subscriptions.ts';

const test = coreTest();
const count = async (portal_id: string) =>
  (await listSubscriptions.execute(test.as(portalToken(portal_id)), { portal_id })).total;

describe('several subscriptions in one call', () => {
  it('are created for each pair in one transaction', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const applications = [await ada.application('A'), await ada.application('B')];
    const api_products = [
      await publish(test, portal_id, { name: 'X' }),
      await publish(test, portal_id, { name: 'Y', subscription_auto_approval: true }),
    ];
    const made = await createManySubscriptions.execute(ada.as(), { applications, api_products });
    expect(made.total).toBe(4);
    expect(
      made.list.map(({ application_name, api_product_name, status }) => [application_name, api_product_name, status]),
    ).toEqual([
      ['A', 'X', 'wait_for_approval'],
      ['A', 'Y', 'subscribed'],
      ['B', 'X', 'wait_for_approval'],
      ['B', 'Y', 'subscribed'],
    ]);
    expect(new Set(made.list.map(({ created_at }) => created_at)).size).toBe(1);
  });

  it('can have ids in upper case', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const [application, product] = [await ada.application(), await publish(test, portal_id)];
    const made = await createManySubscriptions.execute(ada.as(), {
      applications: [application.toUpperCase()],
      api_products: [product.toUpperCase()],
    });
    expect(made.list).toMatchObject([{ application_id: application, api_product_id: product }]);
  });

  it('fail together if one exists already, and the error names it', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const applications = [await ada.application('A'), await ada.application('B')];
    const api_products = [await publish(test, portal_id), await publish(test, portal_id)];
    await ada.subscribe(applications[1] ?? '', api_products[0] ?? '');
    await expect(createManySubscriptions.execute(ada.as(), { applications, api_products })).rejects.toMatchObject({
      code: 'already_subscribed',
      message: expect.stringContaining(applications[1] ?? ''),
      issues: [{ path: '/applications/1' }, { path: '/api_products/0' }],
    });
    expect(await count(portal_id)).toBe(1);
  });

  it('are limited to 100 pairs of distinct ids', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const ids = (n: number) => Array.from({ length: n }, newId);
    const refused = (input: { applications: string[]; api_products: string[] }) =>
      expect(codeOf(createManySubscriptions.execute(ada.as(), input))).resolves.toBe('invalid_input');
    const twice = newId();
    await refused({ applications: [twice, twice.toUpperCase()], api_products: ids(1) });
    await refused({ applications: [], api_products: ids(1) });
    await refused({ applications: ids(101), api_products: ids(1) });
    await refused({ applications: ids(11), api_products: ids(10) });
    const most = { applications: ids(10), api_products: ids(10) };
    expect(await codeOf(createManySubscriptions.execute(ada.as(), most))).toBe('not_found');
  });

  it('do not deadlock with concurrent calls for the same pairs in another order', async () => {
    const portal_id = await test.portal();
    const [ada, bob] = [await subscriber(test, portal_id), await subscriber(test, portal_id, 'bob')];
    const applications = [await ada.application(), await bob.application(), await ada.application()];
    const api_products = [await publish(test, portal_id), await publish(test, portal_id)];
    const portal = test.as(portalToken(portal_id));
    const codes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        codeOf(
          createManySubscriptions.execute(portal, {
            applications: n % 2 ? applications : applications.toReversed(),
            api_products: n % 3 ? api_products : api_products.toReversed(),
          }),
        ),
      ),
    );
    expect(codes.filter((code) => code === 'none')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['none', 'already_subscribed']));
    expect(await count(portal_id)).toBe(6);
  });
});
