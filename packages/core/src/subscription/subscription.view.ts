import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Subscription as View, type PortalSubscription } from '@gatehouse/contract/subscription';
import type { Subscription } from '@gatehouse/db/entities/subscription.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

export type SubscriptionRow = Pick<Subscription, 'id' | 'application' | 'apiProduct' | 'status'> & {
  developerId: string;
  developerName: string;
  applicationName: string;
  apiProductName: string;
  subscribedAt?: Date | string | null | undefined;
  createdAt: Date | string;
};

/** Subscriptions of deleted developers are hidden until they are erased. */
export const SUBSCRIPTION_FROM = `subscription s join developer d on d.id = s.developer_uid and d.left_at is null
  join application a on a.id = s.application_id join api_product p on p.id = s.api_product_id`;

export const SUBSCRIPTION_COLUMNS = [
  'd.developer_id as "developerId", d.name as "developerName", s.application_id as application, a.name as "applicationName"',
  's.api_product_id as "apiProduct", p.name as "apiProductName", s.status',
  isoColumn('s.subscribed_at', '"subscribedAt"'),
  isoColumn('s.created_at', '"createdAt"'),
].join(', ');

export const SUBSCRIPTION_ROW = {
  id: rowId.subscription,
  developerId: z.string(),
  developerName: z.string(),
  application: rowId.application,
  applicationName: z.string(),
  apiProduct: rowId.apiProduct,
  apiProductName: z.string(),
  status: View.shape.status,
  subscribedAt: isoTimeOrNull,
  createdAt: isoTime,
};

export const subscriptionView = (subscription: SubscriptionRow): View => ({
  id: subscription.id,
  developer_id: subscription.developerId,
  developer_name: subscription.developerName,
  application_id: subscription.application,
  application_name: subscription.applicationName,
  api_product_id: subscription.apiProduct,
  api_product_name: subscription.apiProductName,
  status: subscription.status,
  subscribed_at: isoOrNull(subscription.subscribedAt),
  created_at: iso(subscription.createdAt),
});

export function portalSubscriptionView(subscription: SubscriptionRow): PortalSubscription {
  const { subscribed_at, ...view } = subscriptionView(subscription);
  return { ...view, ...(subscribed_at === null ? {} : { subscribed_at }) };
}
