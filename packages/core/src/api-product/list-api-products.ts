import { z } from 'zod';
import { ApiProductPage, ListApiProductsInput } from '@gatehouse/contract/api-product';
import { equals, fragment, listPage, listRow, matches } from '../list/list.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { query } from '../kernel/query.ts';
import { API_PRODUCT_ROW, API_PRODUCT_COLUMNS, apiProductView } from './api-product.view.ts';

export const listApiProducts = query({
  name: 'apiProducts.list',
  access: 'api_products:read',
  summary: 'List the API products of a portal, including drafts',
  input: ListApiProductsInput,
  output: ApiProductPage,
  async run(scope, input) {
    scope.authorize(manageIn(scope.actor, input.portal_id, 'portal'));
    const portal = await findPortal(scope.em, input.portal_id);
    return listPage(scope, input, {
      row: z.object({ ...API_PRODUCT_ROW, ...listRow }),
      select: API_PRODUCT_COLUMNS,
      from: 'api_product',
      id: 'id',
      where: [
        fragment('portal_id = ?', portal.id),
        ...equals('status', input.status),
        ...equals('type', input.type),
        ...(input.labels ? [fragment('labels @> ?::jsonb', JSON.stringify(input.labels))] : []),
        ...matches('search_text', input.search),
      ],
      large: ['"desc"', 'labels'],
      order: {
        created_at: { column: 'created_at', type: 'timestamptz' },
        updated_at: { column: 'updated_at', type: 'timestamptz' },
        name: { column: 'name', type: 'text' },
      },
      defaultOrder: 'created_at',
      present: apiProductView,
    });
  },
});
