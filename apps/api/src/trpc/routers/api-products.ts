import { createApiProduct } from '@gatehouse/core/api-product/create-api-product';
import { deleteApiProduct } from '@gatehouse/core/api-product/delete-api-product';
import { getApiProduct } from '@gatehouse/core/api-product/get-api-product';
import { getVisibleApiProduct } from '@gatehouse/core/api-product/get-visible-api-product';
import { listApiProducts } from '@gatehouse/core/api-product/list-api-products';
import { listVisibleApiProducts } from '@gatehouse/core/api-product/list-visible-api-products';
import { updateApiProduct } from '@gatehouse/core/api-product/update-api-product';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const apiProducts = router({
  list: exposeQuery(listApiProducts),
  create: exposeCommand(createApiProduct, 'change'),
  get: exposeQuery(getApiProduct),
  update: exposeCommand(updateApiProduct, 'change'),
  delete: exposeCommand(deleteApiProduct, 'change'),
  listVisible: exposeQuery(listVisibleApiProducts),
  getVisible: exposeQuery(getVisibleApiProduct),
});
