import { defineEntity, p } from '@mikro-orm/core';
import { id, labels, time } from '../columns.ts';
import { Portal } from './portal.entity.ts';

const ApiProductSchema = defineEntity({
  name: 'ApiProduct',
  properties: {
    id: id(),
    portal: () => p.manyToOne(Portal).mapToPk().deleteRule('cascade').index('api_product_portal'),
    name: p.text(),
    desc: p.text().default(''),
    labels: labels(),
    type: p.enum(['gateway', 'external']),
    status: p.enum(['draft', 'published']),
    visibility: p.enum(['public', 'logged_in']),
    auth: p.json<Record<string, string>>().default('{}'),
    subscriptionAutoApproval: p.boolean().default(false),
    canViewUnsubscribed: p.boolean().default(true),
    createdAt: time(),
    updatedAt: time(),
  },
});

export class ApiProduct extends ApiProductSchema.class {}
ApiProductSchema.setClass(ApiProduct);
