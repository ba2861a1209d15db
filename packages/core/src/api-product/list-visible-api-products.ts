import { z } from 'zod';
import { ListVisibleApiProductsInput, VisibleApiProductPage } from '@gatehouse/contract/api-product';
import { authorizedApplication } from '../application/authorized-application.ts';
import { fragment, hasLabels } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { pageIn } from '../portal/page-in.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { listedFor } from '../portal/published.ts';
import { query } from '../kernel/query.ts';
import { VISIBLE_API_PRODUCT_ROW, statusFor, visibleApiProductView, visibleColumns } from './visible-api-product.ts';

export const listVisibleApiProducts = query({
  name: 'apiProducts.listVisible',
  access: 'api_products:read',
  summary: 'List the published API products, each with the subscription status of the application or developer',
  input: ListVisibleApiProductsInput,
  output: VisibleApiProductPage,
  async run(scope, input) {
    const caller = portalCaller(scope, input.portal_id);
    const { portal_id, application_id } = input;
    if (application_id !== undefined) await authorizedApplication(scope, { portal_id, application_id });
    const status = statusFor(caller, application_id);
    const read = () =>
      listPage(scope, input, {
        row: z.object({ ...VISIBLE_API_PRODUCT_ROW, ...listRow }),
        select: visibleColumns(status),
        from: 'api_product p',
        id: 'p.id',
        where: [...listedFor(caller)],
        filters: [
          ...(input.subscription_status
            ? [fragment(`${status.sql} = ?`, ...status.params, input.subscription_status)]
            : []),
          ...hasLabels('p.labels', input.labels),
          ...matches('p.search_text', input.search),
        ],
        large: ['p."desc"', 'p.labels'],
        order: {
          created_at: { column: 'p.created_at', type: 'timestamptz' },
          updated_at: { column: 'p.updated_at', type: 'timestamptz' },
        },
        defaultOrder: 'updated_at',
        present: visibleApiProductView,
      });
    return pageIn(scope, caller.portalId, read);
  },
});
