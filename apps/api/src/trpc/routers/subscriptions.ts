import { createSubscription } from '@gatehouse/core/subscription/create-subscription';
import { createManySubscriptions } from '@gatehouse/core/subscription/create-many-subscriptions';
import { deleteSubscription } from '@gatehouse/core/subscription/delete-subscription';
import { listSubscriptionsOfApiProduct } from '@gatehouse/core/subscription/list-subscriptions-of-api-product';
import { listSubscriptions } from '@gatehouse/core/subscription/list-subscriptions';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const subscriptions = router({
  list: exposeQuery(listSubscriptions),
  listOfApiProduct: exposeQuery(listSubscriptionsOfApiProduct),
  create: exposeCommand(createSubscription, 'mail'),
  createMany: exposeCommand(createManySubscriptions, 'mail'),
  delete: exposeCommand(deleteSubscription, 'change'),
});
