import { ListSubscriptionsInput, PortalSubscriptionPage } from '@gatehouse/contract/subscription';
import { seenBy } from '../application/application.view.ts';
import { allOf, equals, fragment, type Fragment } from '../list/list.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
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
    const counters = caller.developer || input.application_id !== undefined ? undefined : inPortal(caller, input);
    return subscriptionPage(scope, input, {
      portalId: caller.portalId,
      where,
      counters,
      present: portalSubscriptionView,
    });
  },
});

/** The developer and the API product of a subscription belong to the same portal. */
function inPortal({ portalId }: PortalCaller, { api_product_id }: { api_product_id?: string | undefined }): Fragment {
  const products = [fragment('portal_id = ?', portalId), ...equals('id', api_product_id)];
  return fragment(
    `s.api_product_id in (select id from api_product where ${allOf(products)})`,
    ...products.flatMap(({ params }) => params),
  );
}
