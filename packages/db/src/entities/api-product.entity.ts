import type { ApiProductId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import {
  API_PRODUCT_STATUSES,
  API_PRODUCT_TYPES,
  API_PRODUCT_VISIBILITIES,
  type ApiProductAuth,
} from '@gatehouse/contract/api-product';
import { id, labels, time } from '../columns.ts';
import { Portal } from './portal.entity.ts';

const ApiProductSchema = defineEntity({
  name: 'ApiProduct',
  properties: {
    id: id<ApiProductId>(),
    portal: () => p.manyToOne(Portal).mapToPk().deleteRule('cascade'),
    name: p.text(),
    desc: p.text().default(''),
    labels: labels(),
    type: p.enum(API_PRODUCT_TYPES),
    status: p.enum(API_PRODUCT_STATUSES),
    visibility: p.enum(API_PRODUCT_VISIBILITIES),
    auth: p.json<ApiProductAuth>().default('{}'),
    subscriptionAutoApproval: p.boolean().default(false),
    canViewUnsubscribed: p.boolean().default(true),
    searchText: p.text().generated(`(lower(chr(10) || name || chr(10) || "desc")) stored`).lazy().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  indexes: [
    { name: 'api_product_created_at', properties: ['portal', 'createdAt', 'id'] },
    { name: 'api_product_updated_at', properties: ['portal', 'updatedAt', 'id'] },
    { name: 'api_product_name', properties: ['portal', 'name', 'id'] },
    {
      name: 'api_product_search_terms',
      expression:
        'create index api_product_search_terms on api_product using gin (portal_id, trigram_text(search_text) gin_trgm_ops)',
    },
    {
      name: 'api_product_labels',
      expression: 'create index api_product_labels on api_product using gin (portal_id, labels jsonb_path_ops)',
    },
  ],
});

export class ApiProduct extends ApiProductSchema.class {}
ApiProductSchema.setClass(ApiProduct);
