import { ApiProductRef } from '@gatehouse/contract/api-product';
import { changed, command } from '../command.ts';
import { Nothing } from '../present.ts';
import { lockApiProduct } from './find-api-product.ts';

export const deleteApiProduct = command({
  name: 'apiProducts.delete',
  access: 'api_products:write',
  summary: 'Delete an API product; its subscriptions end, its pending approvals are cancelled',
  input: ApiProductRef,
  output: Nothing,
  async run(scope, input) {
    const product = await lockApiProduct(scope, input);
    await scope.em.execute(CANCEL, [scope.now, scope.now, product.id]);
    scope.em.remove(product);
    scope.emit({
      name: 'api_product.deleted',
      portalId: product.portal,
      resourceType: 'api_product',
      resourceId: product.id,
    });
    return changed(null);
  },
});

const CANCEL = `update approval set status = 'finished', result = 'cancelled', operated_at = ?, updated_at = ?
  where status = 'pending' and subscription_id in (select id from subscription where api_product_id = ?)`;
