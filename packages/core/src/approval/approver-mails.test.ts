import { EmailId } from '@gatehouse/contract/ids';
import { expect, it } from 'vitest';
import { updatePortal } from '../portal/update-portal.ts';
import { createSubscription } from '../subscription/create-subscription.ts';
import { createManySubscriptions } from '../subscription/create-many-subscriptions.ts';
import { deleteSubscription } from '../subscription/delete-subscription.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { admin, coreTest, worker } from '../testing/core-test.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { acceptApproval } from './accept-approval.ts';
import { listApprovals } from './list-approvals.ts';

const test = coreTest();
const MINUTE = 60_000;
const APPROVERS = ['a@example.org', 'b@example.org'];

type Mail = { id: string; kind: string; leased: boolean; due_in: number };
const mailsOf = (portal_id: string, to = 'a@example.org') =>
  test.rows<Mail>(
    `select id, kind, leased, round(extract(epoch from due_at - created_at) / 60)::int as due_in
     from email where portal_id = ? and "to" = ? and kind like 'sub%' order by id`,
    [portal_id, to],
  );
const kindsOf = async (portal_id: string) => (await mailsOf(portal_id)).map(({ kind }) => kind);

async function asking() {
  const portal_id = await test.portal({ approver_emails: APPROVERS });
  const ada = await subscriber(test, portal_id);
  const [application_id, api_product_id] = [await ada.application(), await publish(test, portal_id)];
  const ask = async (minutes: number, ids = { application_id, api_product_id }) => {
    const now = new Date(Date.now() + minutes * MINUTE);
    return (await createSubscription.execute({ ...ada.as(), now }, ids)).id;
  };
  const withdraw = (subscription_id: string) => deleteSubscription.execute(ada.as(), { subscription_id });
  return { portal_id, ada, application_id, api_product_id, ask, withdraw };
}

it('approvers get one mail an hour about the same application and API product, and one digest of the rest', async () => {
  const { portal_id, ask, withdraw, ada, application_id } = await asking();
  for (let n = 0; n < 10; n += 1) await withdraw(await ask(n));
  const last = await ask(15);
  expect(await kindsOf(portal_id)).toEqual(['subscription_pending', 'subscriptions_pending']);
  const [, digest] = await mailsOf(portal_id);
  expect(digest).toMatchObject({ leased: true, due_in: 59 });
  expect(await mailsOf(portal_id, 'b@example.org')).toHaveLength(2);
  const other = await publish(test, portal_id, { name: 'Maps' });
  await ask(16, { application_id, api_product_id: other });
  expect((await kindsOf(portal_id)).filter((kind) => kind === 'subscription_pending')).toHaveLength(2);
  const composed = await composeEmail(test.as(worker), EmailId.parse(digest?.id ?? ''));
  expect(composed.kind === 'mail' && composed.text).toContain(`ada: Shop to Weather (approval `);
  expect(composed.kind === 'mail' && composed.text).toContain(`ada: Shop to Maps (approval `);
  await withdraw(last);
  await ada.subscribe(await ada.application('Blog'), other);
  await withdraw(await ask(61));
  expect((await kindsOf(portal_id)).filter((kind) => kind === 'subscription_pending')).toHaveLength(4);
});

it('a digest is suppressed if all its requests have been decided', async () => {
  const { portal_id, ask, withdraw } = await asking();
  await withdraw(await ask(0));
  await ask(1);
  const { list } = await listApprovals.execute(test.as(admin()), { portal_id, status: 'pending' });
  for (const { id } of list) await acceptApproval.execute(test.as(admin()), { approval_id: id });
  const digest = (await mailsOf(portal_id)).find(({ kind }) => kind === 'subscriptions_pending');
  expect(await composeEmail(test.as(worker), EmailId.parse(digest?.id ?? ''))).toEqual({
    kind: 'unwanted',
    reason: 'The decision is no longer pending.',
  });
});

it('a removed approver gets neither the queued mail nor the digest', async () => {
  const { portal_id, ask, withdraw } = await asking();
  await withdraw(await ask(0));
  await ask(1);
  const removed = { portal_id, settings: { approver_emails: ['b@example.org'] } };
  await updatePortal.execute(test.as(admin()), removed);
  const kinds = async (to: string) => {
    const mails = await mailsOf(portal_id, to);
    return Promise.all(mails.map(async ({ id }) => (await composeEmail(test.as(worker), EmailId.parse(id))).kind));
  };
  expect(await kinds('a@example.org')).toEqual(['unwanted', 'unwanted']);
  expect(await kinds('b@example.org')).toEqual(['unwanted', 'mail']);
});

it('one developer causes at most 20 mails an hour, even with new applications or concurrent calls', async () => {
  const portal_id = await test.portal({ approver_emails: APPROVERS });
  const ada = await subscriber(test, portal_id);
  const applications: string[] = [];
  for (let n = 0; n < 9; n += 1) applications.push(await ada.application(`App ${String(n)}`));
  const products: string[] = [];
  for (let n = 0; n < 3; n += 1) products.push(await publish(test, portal_id, { name: `Product ${String(n)}` }));
  await createManySubscriptions.execute(ada.as(), { applications: applications.slice(0, 7), api_products: products });
  await Promise.all(
    applications
      .slice(7)
      .map((id) => createManySubscriptions.execute(ada.as(), { applications: [id], api_products: products })),
  );
  const kinds = await kindsOf(portal_id);
  expect(kinds.filter((kind) => kind === 'subscription_pending')).toHaveLength(20);
  expect(kinds.filter((kind) => kind === 'subscriptions_pending')).toHaveLength(1);
  const digest = (await mailsOf(portal_id)).find(({ kind }) => kind === 'subscriptions_pending');
  const composed = await composeEmail(test.as(worker), EmailId.parse(digest?.id ?? ''));
  expect(composed.kind === 'mail' && composed.text.match(/\(approval /g)).toHaveLength(20);
  expect(composed.kind === 'mail' && composed.text).toContain('More requests are pending.');
});
