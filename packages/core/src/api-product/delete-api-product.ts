import { ApiProductRef } from '@gatehouse/contract/api-product';
import { cancelPending } from '../approval/cancel-pending.ts';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockApiProduct } from './authorized-api-product.ts';

export const deleteApiProduct = command({
  name: 'apiProducts.delete',
  access: 'api_products:write',
  summary: 'Delete an API product; its subscriptions end, and its pending approvals are cancelled',
  input: ApiProductRef,
  output: Nothing,
  async run(scope, input) {
    const product = await lockApiProduct(scope, input);
    await cancelPending(scope, 'api_product_id', product.id);
    scope.em.remove(product);
    scope.emit('api_product.deleted', product);
    return changed(null);
  },
});
