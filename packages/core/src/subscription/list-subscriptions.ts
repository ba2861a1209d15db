import { ListSubscriptionsInput, PortalSubscriptionPage } from '@gatehouse/contract/subscription';
import { seenBy } from '../application/application.view.ts';
import { equals } from '../list/list.ts';
import { enterPortal } from '../portal/enter-portal.ts';
import { query } from '../kernel/query.ts';
import { subscriptionPage } from './subscription-page.ts';
import { portalSubscriptionView } from './subscription.view.ts';

export const listSubscriptions = query({
  name: 'subscriptions.list',
  access: 'subscriptions:read',
  summary: 'List the subscriptions of a portal, or of the developer on whose behalf the call is made',
  input: ListSubscriptionsInput,
  output: PortalSubscriptionPage,
  async run(scope, input) {
    const { caller } = await enterPortal(scope, input);
    const where = [
      ...seenBy(caller),
      ...equals('s.api_product_id', input.api_product_id),
      ...equals('s.application_id', input.application_id),
    ];
    return subscriptionPage(scope, input, { where, present: portalSubscriptionView });
  },
});
