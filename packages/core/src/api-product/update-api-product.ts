import { ApiProduct, DEFAULT_API_PRODUCT_AUTH, UpdateApiProductInput } from '@gatehouse/contract/api-product';
import { changed, command, unchanged } from '../kernel/command.ts';
import { changedFields, mergeLabels } from '../kernel/merge-patch.ts';
import { apiProductView } from './api-product.view.ts';
import { lockApiProduct } from './authorized-api-product.ts';

export const updateApiProduct = command({
  name: 'apiProducts.update',
  access: 'api_products:write',
  summary: 'Change or publish an API product',
  input: UpdateApiProductInput,
  output: ApiProduct,
  async run(scope, input) {
    const product = await lockApiProduct(scope, input);
    const before = apiProductView(product);
    const after = {
      name: input.name ?? before.name,
      desc: input.desc === undefined ? before.desc : (input.desc ?? ''),
      labels: mergeLabels(before.labels, input.labels),
      status: input.status ?? before.status,
      visibility: input.visibility ?? before.visibility,
      auth: input.auth === undefined ? before.auth : (input.auth ?? DEFAULT_API_PRODUCT_AUTH),
      subscription_auto_approval: input.subscription_auto_approval ?? before.subscription_auto_approval,
      can_view_unsubscribed: input.can_view_unsubscribed ?? before.can_view_unsubscribed,
    };
    const names = changedFields(before, after);
    if (names.length === 0) return unchanged(before);
    const { subscription_auto_approval, can_view_unsubscribed, ...same } = after;
    Object.assign(product, same, {
      subscriptionAutoApproval: subscription_auto_approval,
      canViewUnsubscribed: can_view_unsubscribed,
      updatedAt: scope.now,
    });
    scope.emit('api_product.updated', product, names);
    return changed(apiProductView(product));
  },
});
