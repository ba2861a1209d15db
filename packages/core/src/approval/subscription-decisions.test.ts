import { EmailId } from '@gatehouse/contract/ids';
import { describe, expect, it } from 'vitest';
import { deleteApiProduct } from '../api-product/delete-api-product.ts';
import { deleteApplication } from '../application/delete-application.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { getDeveloper } from '../developer/get-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { deleteSubscription } from '../subscription/delete-subscription.ts';
import { listSubscriptions } from '../subscription/list-subscriptions.ts';
import { admin, codeOf, coreTest, worker } from '../testing/core-test.ts';
import { patiently } from '../testing/patiently.ts';
import { publish, subscriber, type Subscriber } from '../testing/subscribers.ts';
import { acceptApproval } from './accept-approval.ts';
import { getApproval } from './get-approval.ts';
import { listApprovals } from './list-approvals.ts';
import { rejectApproval } from './reject-approval.ts';

const test = coreTest();

type Waiting = {
  ada: Subscriber;
  portal_id: string;
  application_id: string;
  api_product_id: string;
  subscription_id: string;
  approval_id: string;
};

type Fixture = Pick<Waiting, 'ada' | 'portal_id'>;

/** A developer in a new portal. */
async function newFixture(): Promise<Fixture> {
  const portal_id = await test.portal({ approver_emails: ['approver@example.org'] });
  return { portal_id, ada: await subscriber(test, portal_id) };
}

/** A developer whose only subscription is awaiting approval. */
async function waiting(fixture?: Fixture): Promise<Waiting> {
  const { portal_id, ada } = fixture ?? (await newFixture());
  const [application_id, api_product_id] = [await ada.application(), await publish(test, portal_id)];
  const subscription_id = await ada.subscribe(application_id, api_product_id);
  const { list } = await listApprovals.execute(test.as(admin()), { portal_id, status: 'pending' });
  return { ada, portal_id, application_id, api_product_id, subscription_id, approval_id: list[0]?.id ?? '' };
}

const accept = (approval_id: string) => acceptApproval.execute(test.as(admin()), { approval_id });
const reject = (approval_id: string, reason?: string) =>
  rejectApproval.execute(test.as(admin()), { approval_id, reason });
const resultOf = async ({ approval_id }: Waiting) =>
  (await getApproval.execute(test.as(admin()), { approval_id })).result;
const subscriptionsOf = async ({ ada }: Waiting) => (await listSubscriptions.execute(ada.as(), {})).list;
const mailsTo = ({ ada, portal_id }: Waiting) =>
  test.rows<{ id: string; subject: string }>(
    `select id, subject from email where portal_id = ? and "to" = ? and kind like 'sub%' order by id`,
    [portal_id, ada.email],
  );

/** The text of the newest mail of a kind, or the reason why it is not sent. */
async function textOf({ portal_id }: Waiting, kind: string): Promise<string> {
  const [row] = await test.rows<{ id: string }>(
    'select id from email where portal_id = ? and kind = ? order by id desc',
    [portal_id, kind],
  );
  const composed = await composeEmail(test.as(worker), EmailId.parse(row?.id ?? ''));
  return composed.kind === 'mail' ? composed.text : composed.reason;
}

describe('a decision about a subscription', () => {
  it('subscribes an accepted application, records the time and sends one mail', async () => {
    const one = await waiting();
    expect(await textOf(one, 'subscription_pending')).toContain(`/api/approvals/${one.approval_id}/accept`);
    const accepted = await accept(one.approval_id);
    expect(accepted).toMatchObject({ status: 'finished', result: 'accepted', operator_name: 'test admin' });
    expect(await subscriptionsOf(one)).toMatchObject([
      { id: one.subscription_id, status: 'subscribed', subscribed_at: accepted.operated_at },
    ]);
    expect(await accept(one.approval_id)).toEqual(accepted);
    expect(await codeOf(reject(one.approval_id))).toBe('approval_already_finished');
    expect(await mailsTo(one)).toMatchObject([{ subject: 'Your subscription to Weather was approved' }]);
    expect(await textOf(one, 'subscription_accepted')).toContain('The application “Shop” can call it now.');
    expect(await textOf(one, 'subscription_pending')).toBe('The decision is no longer pending.');
    await deleteSubscription.execute(one.ada.as(), { subscription_id: one.subscription_id });
    expect(await accept(one.approval_id), 'the approval outlives the subscription').toEqual(accepted);
  });

  it('deletes a rejected subscription, mails the reason and allows another request', async () => {
    const one = await waiting();
    const rejected = await reject(one.approval_id, 'not <yet>');
    expect(rejected).toMatchObject({ status: 'finished', result: 'rejected', reason: 'not <yet>' });
    expect(await subscriptionsOf(one)).toEqual([]);
    expect(await getDeveloper.execute(test.as(admin()), one.ada.ref)).toMatchObject({ state: 'Active' });
    expect(await test.rows('select 1 from deletion where portal_id = ?', [one.portal_id])).toEqual([]);
    expect(await test.rows('select subscription_id from approval where id = ?', [one.approval_id])).toEqual([
      { subscription_id: null },
    ]);
    expect(await reject(one.approval_id, 'another reason')).toEqual(rejected);
    expect(await codeOf(accept(one.approval_id))).toBe('approval_already_finished');
    expect(await mailsTo(one)).toMatchObject([{ subject: 'Your subscription to Weather was declined' }]);
    const text = await textOf(one, 'subscription_rejected');
    expect(text).toContain('Reason: not <yet>');
    expect(text).not.toMatch(/approved|active/);
    expect(
      await test.rows(`select name from event where portal_id = ? order by id desc limit 1`, [one.portal_id]),
    ).toEqual([{ name: 'approval.rejected' }]);
    await one.ada.subscribe(one.application_id, one.api_product_id);
    expect((await listApprovals.execute(one.ada.as(), {})).list.map(({ result }) => result)).toEqual([
      null,
      'rejected',
    ]);
  });

  it('can accept a subscription of a suspended developer, who gets no mail', async () => {
    const one = await waiting();
    await suspendDeveloper.execute(test.as(admin()), one.ada.ref);
    await accept(one.approval_id);
    expect(await subscriptionsOf(one)).toMatchObject([{ status: 'subscribed' }]);
    expect(await textOf(one, 'subscription_accepted')).toBe('The developer is now Suspended.');
  });

  it('fails after the developer was deleted, and sends deleted developers no mail', async () => {
    const one = await waiting();
    await deleteDeveloper.execute(test.as(admin()), one.ada.ref);
    for (const decided of [accept, reject]) expect(await codeOf(decided(one.approval_id))).toBe('not_found');
    const two = await waiting();
    await reject(two.approval_id);
    await deleteDeveloper.execute(test.as(admin()), two.ada.ref);
    expect(await textOf(two, 'subscription_rejected')).toBe('The developer has been deleted.');
    expect(await textOf(one, 'subscription_pending')).toBe('The developer has been deleted.');
  });

  it('fails after the subscription was withdrawn or its application or API product was deleted', async () => {
    for (const end of ENDS) {
      const one = await waiting();
      await end(one);
      expect(await resultOf(one)).toBe('cancelled');
      for (const decided of [accept, reject])
        expect(await codeOf(decided(one.approval_id))).toBe('approval_already_finished');
      expect(await mailsTo(one)).toEqual([]);
    }
  });
});

const ENDS = [
  ({ ada, subscription_id }: Waiting) => deleteSubscription.execute(ada.as(), { subscription_id }),
  ({ ada, application_id }: Waiting) => deleteApplication.execute(ada.as(), { application_id }),
  ({ portal_id, api_product_id }: Waiting) => deleteApiProduct.execute(test.as(admin()), { portal_id, api_product_id }),
];

const deadlocks = async () =>
  test.rows('select deadlocks::int from pg_stat_database where datname = current_database()');

describe('concurrently', () => {
  it('20 decisions have a single winner and send one mail', async () => {
    const one = await waiting();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const code = await codeOf(patiently(() => (n % 2 ? accept : reject)(one.approval_id)));
        return `${n % 2 ? 'accepted' : 'rejected'} ${code}`;
      }),
    );
    const result = await resultOf(one);
    const loser = result === 'accepted' ? 'rejected' : 'accepted';
    expect(new Set(outcomes)).toEqual(new Set([`${result} none`, `${loser} approval_already_finished`]));
    expect(await mailsTo(one)).toHaveLength(1);
    expect(await subscriptionsOf(one)).toHaveLength(result === 'accepted' ? 1 : 0);
  });

  it('a decision and the end of a subscription run one after the other, without a deadlock', async () => {
    const fixture = await newFixture();
    let mails = 0;
    for (let round = 0; round < 4; round += 1) {
      for (const end of ENDS) {
        const one = await waiting(fixture);
        const [decided, ended] = await Promise.all([
          codeOf((round % 2 ? accept : reject)(one.approval_id)),
          codeOf(end(one)),
        ]);
        const result = await resultOf(one);
        const asDecided = round % 2 ? 'accepted' : 'rejected';
        expect(result).toBe(decided === 'none' ? asDecided : 'cancelled');
        expect(['none', 'approval_already_finished']).toContain(decided);
        // A developer cannot withdraw a subscription that was rejected first.
        expect(ended === 'none' || (end === ENDS[0] && result === 'rejected'), `${ended} ${result}`).toBe(true);
        expect(await test.rows('select 1 from subscription where id = ?', [one.subscription_id])).toEqual([]);
        mails += decided === 'none' ? 1 : 0;
        expect(await mailsTo(one)).toHaveLength(mails);
      }
    }
    // PostgreSQL writes the statistics of a connection up to a second late.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await deadlocks()).toEqual([{ deadlocks: 0 }]);
  });
});
