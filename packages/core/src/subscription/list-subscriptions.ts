import { ListSubscriptionsInput, PortalSubscriptionPage } from '@gatehouse/contract/subscription';
import { seenBy } from '../application/application.view.ts';
import { allOf, equals, fragment, type Fragment } from '../list/fragment.ts';
import { portalCaller, type PortalCaller } from '../portal/portal-caller.ts';
import { pageIn } from '../portal/page-in.ts';
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
    const caller = portalCaller(scope, input.portal_id);
    const { api_product_id, application_id } = input;
    const filters = [...equals('s.api_product_id', api_product_id), ...equals('s.application_id', application_id)];
    const counters = caller.developer || input.application_id !== undefined ? undefined : inPortal(caller, input);
    const read = () =>
      subscriptionPage(scope, input, {
        portalId: caller.portalId,
        where: seenBy(caller, 's'),
        filters,
        counters,
        present: portalSubscriptionView,
      });
    return pageIn(scope, caller.portalId, read);
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
