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
    developer: () =>
      p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade').index('subscription_developer'),
    application: () => p.manyToOne(Application).mapToPk().deleteRule('cascade'),
    /** That of the developer. Neither changes. */
    portalId: p.uuid().$type<PortalId>(),
    apiProduct: () => p.manyToOne(ApiProduct).mapToPk().deleteRule('cascade').index('subscription_api_product'),
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
    { name: 'subscription_subscribed_at_asc', properties: ['subscribedAt', 'id'] },
    {
      name: 'subscription_subscribed_at_desc',
      expression:
        'create index subscription_subscribed_at_desc on subscription (subscribed_at desc nulls last, id desc)',
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
