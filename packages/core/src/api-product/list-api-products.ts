import { z } from 'zod';
import { ApiProductPage, ListApiProductsInput } from '@gatehouse/contract/api-product';
import { equalsConstant, fragment, hasLabels } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { pageIn } from '../portal/page-in.ts';
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
    const read = () =>
      listPage(scope, input, {
        row: z.object({ ...API_PRODUCT_ROW, ...listRow }),
        select: API_PRODUCT_COLUMNS,
        from: 'api_product',
        id: 'id',
        where: [fragment('portal_id = ?', input.portal_id)],
        filters: [
          ...equalsConstant('status', input.status),
          ...equalsConstant('type', input.type),
          ...hasLabels('labels', input.labels),
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
    return pageIn(scope, input.portal_id, read);
  },
});
