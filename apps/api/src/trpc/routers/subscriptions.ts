import { createSubscription } from '@gatehouse/core/subscription/create-subscription';
import { createSubscriptions } from '@gatehouse/core/subscription/create-subscriptions';
import { deleteSubscription } from '@gatehouse/core/subscription/delete-subscription';
import { listApiProductSubscriptions } from '@gatehouse/core/subscription/list-api-product-subscriptions';
import { listSubscriptions } from '@gatehouse/core/subscription/list-subscriptions';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const subscriptions = router({
  list: exposeQuery(listSubscriptions),
  listOfApiProduct: exposeQuery(listApiProductSubscriptions),
  create: exposeCommand(createSubscription),
  createMany: exposeCommand(createSubscriptions),
  delete: exposeCommand(deleteSubscription),
});
