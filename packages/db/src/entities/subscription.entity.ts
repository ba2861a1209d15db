import { defineEntity, p } from '@mikro-orm/core';
import { id, time } from '../columns.ts';
import { ApiProduct } from './api-product.entity.ts';
import { Application } from './application.entity.ts';
import { Developer } from './developer.entity.ts';

const SubscriptionSchema = defineEntity({
  name: 'Subscription',
  properties: {
    id: id(),
    developer: () =>
      p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade').index('subscription_developer'),
    application: () => p.manyToOne(Application).mapToPk().deleteRule('cascade'),
    apiProduct: () => p.manyToOne(ApiProduct).mapToPk().deleteRule('cascade').index('subscription_api_product'),
    status: p.enum(['wait_for_approval', 'subscribed']),
    subscribedAt: time().nullable(),
    createdAt: time(),
  },
  uniques: [{ name: 'subscription_unique', properties: ['application', 'apiProduct'] }],
});

export class Subscription extends SubscriptionSchema.class {}
SubscriptionSchema.setClass(Subscription);
