import fc, { type AsyncCommand } from 'fast-check';
import { expect, it } from 'vitest';
import { deleteApiProduct } from '../api-product/delete-api-product.ts';
import { deleteApplication } from '../application/delete-application.ts';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { rejectApproval } from '../approval/reject-approval.ts';
import { reactivateDeveloper } from '../developer/reactivate-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { admin, codeOf, coreTest, portalToken } from '../testing/core-test.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { createSubscription } from './create-subscription.ts';
import { deleteSubscription } from './delete-subscription.ts';
import { listSubscriptions } from './list-subscriptions.ts';

const test = coreTest();

/** Applications and API products are numbers. The key of a subscription is `application product`. */
type Model = {
  active: boolean;
  applications: Set<number>;
  products: Set<number>;
  subscriptions: Map<string, { id: string; status: string }>;
  /** In the order of their creation. */
  approvals: { id: string; about: string; result: string | null }[];
};
type Real = Awaited<ReturnType<typeof world>>;
type Step = AsyncCommand<Model, Real>;

/** Two applications and two API products, the second of which approves subscriptions automatically. */
async function world() {
  const portal_id = await test.portal();
  const ada = await subscriber(test, portal_id);
  const applications = [await ada.application('0'), await ada.application('1')];
  const products = [
    await publish(test, portal_id, { name: '0' }),
    await publish(test, portal_id, { name: '1', subscription_auto_approval: true }),
  ];
  return { portal_id, ada, applications, products };
}

const step = (name: string, run: (model: Model, real: Real) => Promise<void>): Step => ({
  check: () => true,
  toString: () => name,
  async run(model, real) {
    await run(model, real);
    await compare(model, real);
  },
});

const portal = ({ portal_id }: Real) => test.as(portalToken(portal_id));
const pendingAbout = (model: Model, about: string) =>
  model.approvals.find((approval) => approval.about === about && approval.result === null);

async function compare(model: Model, real: Real): Promise<void> {
  const context = test.as(admin(['*'], real.portal_id));
  const { list } = await listSubscriptions.execute(context, { page_size: 500 });
  const found = list.map((one) => [`${one.application_name} ${one.api_product_name}`, one.status] as const);
  expect(new Map(found)).toEqual(new Map([...model.subscriptions].map(([key, { status }]) => [key, status])));
  for (const { status, subscribed_at } of list)
    expect(subscribed_at === undefined).toBe(status === 'wait_for_approval');
  const approvals = await listApprovals.execute(context, { page_size: 500 });
  expect(new Map(approvals.list.map(({ id, result }) => [id, result]))).toEqual(
    new Map(model.approvals.map(({ id, result }) => [id, result])),
  );
}

const subscribe = (application: number, product: number): Step =>
  step(`subscribe ${application} ${product}`, async (model, real) => {
    const key = `${application} ${product}`;
    const there = model.applications.has(application) && model.products.has(product);
    const refused = !there
      ? 'not_found'
      : !model.active
        ? 'developer_not_active'
        : model.subscriptions.has(key)
          ? 'already_subscribed'
          : 'none';
    const input = {
      application_id: real.applications[application] ?? '',
      api_product_id: real.products[product] ?? '',
    };
    const call = createSubscription.execute(portal(real), input);
    expect(await codeOf(call)).toBe(refused);
    if (refused !== 'none') return;
    const status = product === 1 ? 'subscribed' : 'wait_for_approval';
    model.subscriptions.set(key, { id: (await call).id, status });
    if (product === 1) return;
    const [filed] = (await listApprovals.execute(portal(real), { status: 'pending', page_size: 1 })).list;
    model.approvals.push({ id: filed?.id ?? '', about: key, result: null });
  });

function end(model: Model, key: string): void {
  const pending = pendingAbout(model, key);
  if (pending) pending.result = 'cancelled';
  model.subscriptions.delete(key);
}

const unsubscribe = (application: number, product: number): Step =>
  step(`unsubscribe ${application} ${product}`, async (model, real) => {
    const key = `${application} ${product}`;
    const held = model.subscriptions.get(key);
    if (!held) return;
    const ref = { subscription_id: held.id };
    expect(await codeOf(deleteSubscription.execute(portal(real), ref))).toBe('none');
    expect(await codeOf(deleteSubscription.execute(portal(real), ref))).toBe('not_found');
    end(model, key);
  });

const decide = (n: number, result: 'accepted' | 'rejected'): Step =>
  step(`${result} ${n}`, async (model, real) => {
    const approval = model.approvals[n % Math.max(model.approvals.length, 1)];
    if (!approval) return;
    const expected = approval.result === null || approval.result === result ? 'none' : 'approval_already_finished';
    const command = result === 'accepted' ? acceptApproval : rejectApproval;
    const context = test.as(admin(['*'], real.portal_id));
    expect(await codeOf(command.execute(context, { approval_id: approval.id }))).toBe(expected);
    const held = model.subscriptions.get(approval.about);
    if (approval.result !== null || !held) return;
    approval.result = result;
    if (result === 'accepted') held.status = 'subscribed';
    else model.subscriptions.delete(approval.about);
  });

const remove = (kind: 'application' | 'product', n: number): Step =>
  step(`delete ${kind} ${n}`, async (model, real) => {
    const { portal_id } = real;
    const living = kind === 'application' ? model.applications : model.products;
    const call =
      kind === 'application'
        ? deleteApplication.execute(portal(real), { application_id: real.applications[n] ?? '' })
        : deleteApiProduct.execute(test.as(admin()), { portal_id, api_product_id: real.products[n] ?? '' });
    expect(await codeOf(call)).toBe(living.delete(n) ? 'none' : 'not_found');
    const at = kind === 'application' ? 0 : 1;
    for (const key of model.subscriptions.keys()) if (key.split(' ')[at] === String(n)) end(model, key);
  });

const setActive = (active: boolean): Step =>
  step(active ? 'reactivate' : 'suspend', async (model, { ada }) => {
    await (active ? reactivateDeveloper : suspendDeveloper).execute(test.as(admin()), ada.ref);
    model.active = active;
  });

const number = fc.nat({ max: 1 });
const pair = fc.tuple(number, number);

it('subscriptions and their approvals behave like the model', async () => {
  const wishes = pair.map((at) => subscribe(...at));
  const steps = [
    wishes,
    wishes,
    pair.map((at) => unsubscribe(...at)),
    fc.tuple(fc.nat({ max: 9 }), fc.constantFrom('accepted' as const, 'rejected' as const)).map((of) => decide(...of)),
    fc.tuple(fc.constantFrom('application' as const, 'product' as const), number).map((of) => remove(...of)),
    fc.boolean().map(setActive),
  ];
  const property = fc.asyncProperty(fc.commands(steps, { maxCommands: 25, size: 'max' }), async (commands) => {
    const real = await world();
    const model: Model = {
      active: true,
      applications: new Set([0, 1]),
      products: new Set([0, 1]),
      subscriptions: new Map(),
      approvals: [],
    };
    await fc.asyncModelRun(() => ({ model, real }), commands);
  });
  await expect(fc.assert(property, { numRuns: 15 })).resolves.toBeUndefined();
}, 60_000);
