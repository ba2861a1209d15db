import { APPROVAL_EVENTS, APPROVAL_STATUSES } from '@gatehouse/contract/approval';
import { DEVELOPER_PROVIDERS, DEVELOPER_STATES } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import { SUBSCRIPTION_STATUSES } from '@gatehouse/contract/subscription';
import { COUNTED_TABLES, findDifferences } from '@gatehouse/db/counters';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listApplications } from '../application/list-applications.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { listCredentials } from '../credential/list-credentials.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { listSubscriptionsOfApiProduct } from '../subscription/list-subscriptions-of-api-product.ts';
import { listSubscriptions } from '../subscription/list-subscriptions.ts';
import { CHANGES } from '../testing/changes.ts';
import { admin, coreTest, operator, portalToken } from '../testing/core-test.ts';
import { isRetryable } from '../kernel/database-errors.ts';

const test = coreTest();

/** How a change can lose to another one that runs at the same time. */
const LOST = ['illegal_state', 'not_found', 'developer_not_active', 'already_subscribed', 'approval_already_finished'];

/** The call's failure, unless another change explains it. No call may see a deadlock; a busy pool is asked again. */
async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof GatehouseError) || isRetryable(error.cause)) return error;
    if (error.code === 'overloaded') return failureOf(call);
    return LOST.includes(error.code) ? undefined : error;
  }
}

const either = <T extends string>(values: readonly T[]) => [undefined, ...values];
const COUNTS = {
  developers: `developer where portal_id = ? and left_at is null and state = coalesce(?, state) and provider = coalesce(?, provider)`,
  approvals: `approval a left join developer d on d.id = a.developer_uid where (a.status = 'finished' or d.left_at is null)
    and a.portal_id = coalesce(?, a.portal_id) and event = coalesce(?, event) and status = coalesce(?, status)`,
  subscriptions: `subscription s join developer d on d.id = s.developer_uid and d.left_at is null
    where d.portal_id = ? and api_product_id = coalesce(?, api_product_id) and status = coalesce(?, status)`,
  applications: `application a join developer d on d.id = a.developer_uid and d.left_at is null where d.portal_id = ?`,
  credentials: `credential c join application a on a.id = c.application_id
    join developer d on d.id = a.developer_uid and d.left_at is null where d.portal_id = ?`,
};

async function count(of: keyof typeof COUNTS, params: unknown[]): Promise<{ total: number }> {
  const sql = `select count(*)::int as total from ${COUNTS[of]}`;
  const [row] = await test.rows<{ total: number }>(
    sql,
    params.map((param) => param ?? null),
  );
  return { total: row?.total ?? -1 };
}

/** Each total that counters answer equals the number of rows. */
async function compareTotals(portal_id: string): Promise<void> {
  const page_size = 1;
  for (const state of either(DEVELOPER_STATES))
    for (const provider of either(DEVELOPER_PROVIDERS))
      expect(await listDevelopers.execute(test.as(admin()), { portal_id, state, provider, page_size })).toMatchObject(
        await count('developers', [portal_id, state, provider]),
      );
  for (const event of either(APPROVAL_EVENTS))
    for (const status of either(APPROVAL_STATUSES))
      for (const portal of [undefined, portal_id])
        expect(
          await listApprovals.execute(test.as(admin()), { portal_id: portal, event, status, page_size }),
        ).toMatchObject(await count('approvals', [portal, event, status]));
  const several = test.as(operator('viewer', [portal_id, '0190f3a0-0000-7000-8000-000000000000']));
  for (const status of either(APPROVAL_STATUSES))
    expect(await listApprovals.execute(several, { status, page_size })).toMatchObject(
      await count('approvals', [portal_id, undefined, status]),
    );
  const context = test.as(portalToken(portal_id));
  expect(await listApplications.execute(context, { page_size })).toMatchObject(
    await count('applications', [portal_id]),
  );
  expect(await listCredentials.execute(context, { page_size })).toMatchObject(await count('credentials', [portal_id]));
  const products = await test.rows<{ id: string }>('select id from api_product where portal_id = ?', [portal_id]);
  for (const one of either(SUBSCRIPTION_STATUSES)) {
    const status = one && [one];
    expect(await listSubscriptions.execute(context, { status, page_size })).toMatchObject(
      await count('subscriptions', [portal_id, undefined, one]),
    );
    for (const { id } of products)
      expect(
        await listSubscriptionsOfApiProduct.execute(test.as(admin()), {
          portal_id,
          api_product_id: id,
          status,
          page_size,
        }),
      ).toMatchObject(await count('subscriptions', [portal_id, id, one]));
  }
}

const change = fc.tuple(fc.constantFrom(...Object.keys(CHANGES)), fc.nat({ max: 1000 }));
const rounds = fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { minLength: 3, maxLength: 8 });

it('totals equal the rows after concurrent calls, bulk changes, rollbacks and lost connections', async () => {
  const property = fc.asyncProperty(rounds, async (given) => {
    const portals = [await test.portal(), await test.portal()];
    const pool = await test.orm().em.getConnection().getNativeClient();
    for (const round of given) {
      const failures = round.map(([name, n]) => failureOf(async () => CHANGES[name]?.({ test, portals, n })));
      expect(await Promise.all(failures)).toEqual(round.map(() => undefined));
      for (const table of COUNTED_TABLES) expect(await findDifferences(pool, table)).toEqual([]);
    }
    for (const portal of portals) await compareTotals(portal);
  });
  await fc.assert(property, { numRuns: 6 });
}, 120_000);
