import { describe, expect, it } from 'vitest';
import { listApprovals } from '../approval/list-approvals.ts';
import { admin, codeOf, coreTest } from '../testing/core-test.ts';
import { publish, subscriber, type Subscriber } from '../testing/subscribers.ts';
import { createSubscription } from './create-subscription.ts';
import { createManySubscriptions } from './create-many-subscriptions.ts';
import { deleteSubscription } from './delete-subscription.ts';

const test = coreTest();

type World = { ada: Subscriber; portal_id: string; application_id: string; api_product_id: string };

async function world(): Promise<World> {
  const portal_id = await test.portal();
  const ada = await subscriber(test, portal_id);
  return { ada, portal_id, application_id: await ada.application(), api_product_id: await publish(test, portal_id) };
}

/** The error code of a call that begins while another transaction has an uncommitted change. */
async function behind(sql: string, params: unknown[], call: () => Promise<unknown>): Promise<string> {
  const { late } = await test
    .orm()
    .em.fork()
    .transactional(async (em) => {
      await em.execute(sql, params);
      const started = codeOf(call());
      // Leaves the call time to reach the lock, where it must wait for the transaction.
      const first = await Promise.race([started, new Promise((resolve) => setTimeout(resolve, 200))]);
      expect(first).toBeUndefined();
      return { late: started };
    });
  return late;
}

describe('a concurrent subscription', () => {
  it.each([
    {
      race: 'the deletion of its developer',
      sql: 'update developer set left_at = now()',
      of: 'uid',
      code: 'not_found',
    },
    { race: 'a suspension', sql: `update developer set state = 'Suspended'`, of: 'uid', code: 'developer_not_active' },
    {
      race: 'the deletion of its application',
      sql: 'delete from application',
      of: 'application_id',
      code: 'not_found',
    },
    { race: 'the deletion of its product', sql: 'delete from api_product', of: 'api_product_id', code: 'not_found' },
    {
      race: 'the withdrawal of its product',
      sql: `update api_product set status = 'draft'`,
      of: 'api_product_id',
      code: 'not_found',
    },
  ] as const)('is not created during $race', async ({ sql, of, code }) => {
    const { ada, portal_id, ...ref } = await world();
    const id = { ...ref, uid: ada.uid }[of];
    expect(await behind(`${sql} where id = ?`, [id], () => createSubscription.execute(ada.as(), ref))).toBe(code);
    expect(await test.rows('select 1 from subscription where developer_uid = ?', [ada.uid])).toEqual([]);
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).total).toBe(0);
  });

  it('fails if another transaction inserts the same subscription without the lock', async () => {
    const { ada, portal_id: _, ...ref } = await world();
    const sql = `insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
      values (gen_random_uuid(), ?, ?, ?, 'subscribed', now())`;
    const params = [ada.uid, ref.application_id, ref.api_product_id];
    expect(await behind(sql, params, () => createSubscription.execute(ada.as(), ref))).toBe('already_subscribed');
  });

  it('gets the new name of its application', async () => {
    const { ada, portal_id: _, ...ref } = await world();
    const sql = `update application set name = 'Renamed' where id = ?`;
    const made = behind(sql, [ref.application_id], async () => {
      expect(await createSubscription.execute(ada.as(), ref)).toMatchObject({ application_name: 'Renamed' });
    });
    expect(await made).toBe('none');
  });

  it('locks applications in the order of their ids, so that calls do not deadlock', async () => {
    const { ada, application_id, api_product_id } = await world();
    const ids = [application_id, await ada.application()].toSorted();
    const [lesser = '', greater = ''] = ids;
    const input = { applications: ids.toReversed(), api_products: [api_product_id] };
    const free = 'select 1 from application where id = ? for update skip locked';
    const late = await test
      .orm()
      .em.fork()
      .transactional(async (em) => {
        await em.execute('select 1 from application where id = ? for update', [greater]);
        const made = codeOf(createManySubscriptions.execute(ada.as(), input));
        await expect.poll(() => test.rows(free, [lesser]), { timeout: 5000 }).toEqual([]);
        return { made };
      });
    expect(await late.made).toBe('none');
  });

  it('does not wait for a product of another portal', async () => {
    const { ada, application_id } = await world();
    const api_product_id = await publish(test, await test.portal());
    await test
      .orm()
      .em.fork()
      .transactional(async (em) => {
        await em.execute('select 1 from api_product where id = ? for update', [api_product_id]);
        const asked = codeOf(createSubscription.execute(ada.as(), { application_id, api_product_id }));
        const waits = new Promise((resolve) => setTimeout(() => resolve('waits'), 2000));
        expect(await Promise.race([asked, waits])).toBe('not_found');
      });
  });

  it.each([
    ['pending', {}],
    ['automatically approved', { subscription_auto_approval: true }],
  ])('ends once among concurrent calls if it is %s', async (_, settings) => {
    const { ada, portal_id, application_id } = await world();
    const subscription_id = await ada.subscribe(application_id, await publish(test, portal_id, settings));
    const codes = await Promise.all(
      Array.from({ length: 6 }, () => codeOf(deleteSubscription.execute(ada.as(), { subscription_id }))),
    );
    expect(codes.toSorted()).toEqual(['none', ...Array.from({ length: 5 }, () => 'not_found')]);
    const events = `select 1 from event where name = 'subscription.deleted' and resource_id = ?`;
    expect(await test.rows(events, [subscription_id])).toHaveLength(1);
  });
});
