import { ListApiProductSubscriptionsInput, SubscriptionPage } from '@gatehouse/contract/subscription';
import { authorizedApiProduct } from '../api-product/authorized-api-product.ts';
import { fragment } from '../list/fragment.ts';
import { query } from '../kernel/query.ts';
import { subscriptionPage } from './subscription-page.ts';
import { subscriptionView } from './subscription.view.ts';

export const listSubscriptionsOfApiProduct = query({
  name: 'subscriptions.listOfApiProduct',
  access: 'subscriptions:read',
  summary: 'List the subscriptions to an API product, including those awaiting approval',
  input: ListApiProductSubscriptionsInput,
  output: SubscriptionPage,
  async run(scope, input) {
    const product = await authorizedApiProduct(scope, input);
    const ofProduct = fragment('s.api_product_id = ?', product.id);
    return subscriptionPage(scope, input, {
      portalId: product.portal,
      where: [fragment('s.portal_id = ?', product.portal), ofProduct],
      filters: [],
      counters: ofProduct,
      present: subscriptionView,
    });
  },
});
