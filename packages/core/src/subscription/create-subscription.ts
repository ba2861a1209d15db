import { CreateSubscriptionInput, PortalSubscription } from '@gatehouse/contract/subscription';
import { changed, command } from '../kernel/command.ts';
import { subscribe } from './subscribe.ts';

export const createSubscription = command({
  name: 'subscriptions.create',
  access: 'subscriptions:write',
  summary: 'Subscribe an application to an API product, immediately or after an approval, as the product says',
  input: CreateSubscriptionInput,
  output: PortalSubscription,
  async run(scope, { portal_id, application_id, api_product_id }) {
    const [made] = await subscribe(scope, {
      portal_id,
      applications: [{ id: application_id, field: 'application_id' }],
      apiProducts: [{ id: api_product_id, field: 'api_product_id' }],
    });
    if (!made) throw new Error('one pair makes one subscription');
    return changed(made);
  },
});
