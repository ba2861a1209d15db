import { newId } from '@gatehouse/db/columns';
import type { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import type { Application } from '@gatehouse/db/entities/application.entity';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Subscription } from '@gatehouse/db/entities/subscription.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';
import type { ApproverMails } from './approver-mails.ts';
import { queueDigest } from './queue-digest.ts';

type SubscriptionRequest = {
  portal: Portal;
  owner: Developer;
  application: Application;
  product: ApiProduct;
  subscription: Subscription;
  mails: ApproverMails;
};

/** Creates a pending approval, and queues a mail or a digest to each approver. */
export async function fileSubscription(
  scope: Scope,
  event: Event,
  { portal, owner, application, product, subscription, mails }: SubscriptionRequest,
): Promise<void> {
  const { em, now, settings } = scope;
  const approval = em.create(Approval, {
    id: newId(),
    portal: portal.id,
    developer: owner.id,
    subscription: subscription.id,
    event: 'api_product_subscription',
    status: 'pending',
    resourceType: 'api_product',
    resourceId: product.id,
    resourceName: product.name,
    applicantId: owner.developerId,
    applicantName: owner.name,
    appliedAt: now,
    createdAt: now,
    updatedAt: now,
  });
  const due = mails.digestFor({ owner: owner.id, application: application.id, product: product.id });
  if (due) return mails.takeDigest() ? queueDigest(scope, event, { portal, due }) : undefined;
  const data = {
    application_id: application.id,
    api_product_id: product.id,
    username: owner.username,
    application: application.name,
    api_product: product.name,
    approval_id: approval.id,
    approval_url: `${settings.publicUrl}/api/approvals/${approval.id}`,
  };
  for (const to of new Set(portal.settings.approver_emails)) {
    queueEmail(scope, event, { kind: 'subscription_pending', to, portal, about: { developer: owner.id }, data });
  }
}
