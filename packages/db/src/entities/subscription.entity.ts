import type { PortalId, SubscriptionId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { GatehouseError } from '@gatehouse/contract/errors';
import { SUBSCRIPTION_STATUSES } from '@gatehouse/contract/subscription';
import { id, time } from '../columns.ts';
import { ApiProduct } from './api-product.entity.ts';
import { Application } from './application.entity.ts';
import { Developer } from './developer.entity.ts';

const SubscriptionSchema = defineEntity({
  name: 'Subscription',
  properties: {
    id: id<SubscriptionId>(),
    developer: () => p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade'),
    application: () => p.manyToOne(Application).mapToPk().deleteRule('cascade'),
    /** That of the developer. Neither changes. */
    portalId: p.uuid().$type<PortalId>(),
    apiProduct: () => p.manyToOne(ApiProduct).mapToPk().deleteRule('cascade'),
    status: p.enum(SUBSCRIPTION_STATUSES),
    subscribedAt: time().nullable(),
    createdAt: time(),
  },
  // For the previous release, which does not set it.
  triggers: [
    {
      name: 'subscription_portal',
      timing: 'before',
      events: ['insert'],
      when: '(new.portal_id IS NULL)',
      body: `select portal_id from developer where id = new.developer_uid into new.portal_id; return new`,
    },
  ],
  indexes: [
    {
      name: 'subscription_portal',
      expression: `create index subscription_portal on subscription (portal_id, subscribed_at, id) include (developer_uid)`,
    },
    {
      name: 'subscription_portal_status',
      expression: `create index subscription_portal_status on subscription (portal_id, status, subscribed_at, id) include (developer_uid)`,
    },
    {
      name: 'subscription_product',
      expression: `create index subscription_product on subscription (api_product_id, subscribed_at, id) include (developer_uid)`,
    },
    {
      name: 'subscription_product_status',
      expression: `create index subscription_product_status on subscription (api_product_id, status, subscribed_at, id) include (developer_uid)`,
    },
    {
      name: 'subscription_owner',
      expression: `create index subscription_owner on subscription (developer_uid, subscribed_at, id)`,
    },
  ],
  uniques: [{ name: 'subscription_unique', properties: ['application', 'apiProduct'] }],
});

/** The right of an application to call an API product, or a request for it. */
export class Subscription extends SubscriptionSchema.class {
  accept(now: Date): void {
    if (this.status !== 'wait_for_approval')
      throw new GatehouseError('illegal_state', 'The subscription is not awaiting approval.');
    this.status = 'subscribed';
    this.subscribedAt = now;
  }
}
SubscriptionSchema.setClass(Subscription);
