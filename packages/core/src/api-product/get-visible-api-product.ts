import { VisibleApiProduct, VisibleApiProductRef } from '@gatehouse/contract/api-product';
import { portalCaller } from '../portal/portal-caller.ts';
import { query } from '../kernel/query.ts';
import { findVisibleApiProduct, visibleApiProductView } from './visible-api-product.ts';

export const getVisibleApiProduct = query({
  name: 'apiProducts.getVisible',
  access: 'api_products:read',
  summary: 'Get a published API product, with the subscription status of the developer',
  input: VisibleApiProductRef,
  output: VisibleApiProduct,
  async run(scope, { portal_id, api_product_id }) {
    const caller = portalCaller(scope, portal_id);
    return visibleApiProductView(await findVisibleApiProduct(scope.em, caller, api_product_id));
  },
});
