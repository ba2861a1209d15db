import type { ApiProductId, ApplicationId, PortalId } from '@gatehouse/contract/ids';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { PortalSubscription as View } from '@gatehouse/contract/subscription';
import { newId } from '@gatehouse/db/columns';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { Subscription } from '@gatehouse/db/entities/subscription.entity';
import { ApproverMails } from '../approval/approver-mails.ts';
import { fileSubscription } from '../approval/file-subscription.ts';
import type { Scope } from '../kernel/command.ts';
import { enterPortal } from '../portal/enter-portal.ts';
import { assertActive } from '../portal/portal-caller.ts';
import { lockApiProducts, lockApplications, type RequestedId, type Pair } from './lock-pairs.ts';
import { portalSubscriptionView } from './subscription.view.ts';

type Wish = {
  portal_id?: PortalId | undefined;
  applications: RequestedId<ApplicationId>[];
  apiProducts: RequestedId<ApiProductId>[];
};

/**
 * Subscribes each application to each API product: all or none. Takes locks on developers, then applications, then
 * products, each ordered by id, so that a concurrent deletion or suspension comes wholly before or after.
 */
export async function subscribe(scope: Scope, { portal_id, applications, apiProducts }: Wish): Promise<View[]> {
  const { portal, caller } = await enterPortal(scope, { portal_id });
  const subscribers = await lockApplications(scope, caller, applications);
  const products = await lockApiProducts(scope, caller, apiProducts);
  // This applies to every caller, including the portal and admins.
  for (const { owner } of subscribers) assertActive(owner.state);
  const pairs = subscribers.flatMap((subscriber) => products.map((product) => ({ ...subscriber, ...product })));
  const owners = new Set(subscribers.map(({ owner }) => owner.id));
  const [mails] = await Promise.all([ApproverMails.read(scope, [...owners]), refuseExisting(scope, pairs)]);
  const made: View[] = [];
  for (const pair of pairs) made.push(await make(scope, { portal, mails }, pair));
  return made;
}

async function refuseExisting({ em }: Scope, pairs: Pair[]): Promise<void> {
  const existing = await em.find(Subscription, {
    application: { $in: pairs.map(({ application }) => application.id) },
    apiProduct: { $in: pairs.map(({ product }) => product.id) },
  });
  const keys = new Set(existing.map((subscription) => `${subscription.application} ${subscription.apiProduct}`));
  const first = pairs.find(({ application, product }) => keys.has(`${application.id} ${product.id}`));
  if (!first) return;
  const issue = { message: 'Already subscribed or awaiting approval', code: 'already_subscribed' };
  throw new GatehouseError(
    'already_subscribed',
    `The application ${first.application.id} is already subscribed to the API product ${first.product.id}, or its subscription is awaiting approval.`,
    { issues: [first.applicationField, first.productField].map((field) => ({ ...issue, path: `/${field}` })) },
  );
}

type Place = { portal: Portal; mails: ApproverMails };

async function make(scope: Scope, { portal, mails }: Place, { application, owner, product }: Pair): Promise<View> {
  const waits = !product.subscriptionAutoApproval;
  const subscription = scope.em.create(Subscription, {
    id: newId(),
    developer: owner.id,
    application: application.id,
    portalId: owner.portal,
    apiProduct: product.id,
    status: waits ? 'wait_for_approval' : 'subscribed',
    subscribedAt: waits ? null : scope.now,
    createdAt: scope.now,
  });
  const event = scope.emit('subscription.created', { type: 'subscription', id: subscription.id, portalId: portal.id });
  if (waits) await fileSubscription(scope, event, { portal, owner, application, product, subscription, mails });
  return portalSubscriptionView({
    id: subscription.id,
    application: application.id,
    apiProduct: product.id,
    status: subscription.status,
    subscribedAt: subscription.subscribedAt,
    createdAt: subscription.createdAt,
    developerId: owner.developerId,
    developerName: owner.name,
    applicationName: application.name,
    apiProductName: product.name,
  });
}
