import { ApiProduct, ApiProductRef } from '@gatehouse/contract/api-product';
import { query } from '../kernel/query.ts';
import { apiProductView } from './api-product.view.ts';
import { authorizedApiProduct } from './authorized-api-product.ts';

export const getApiProduct = query({
  name: 'apiProducts.get',
  access: 'api_products:read',
  summary: 'Get an API product',
  input: ApiProductRef,
  output: ApiProduct,
  run: async (scope, input) => apiProductView(await authorizedApiProduct(scope, input)),
});
