import type { Approval } from '@gatehouse/db/entities/approval.entity';
import { Application } from '@gatehouse/db/entities/application.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { Subscription } from '@gatehouse/db/entities/subscription.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';

type RequestedSubscription = {
  subscription: Subscription;
  data: { username: string; application: string; api_product: string };
};

/** The subscription of a locked approval, with the data for the mail about the decision. */
export async function askedFor(
  { em }: Scope,
  { approval, developer }: { approval: Approval; developer: Developer },
): Promise<RequestedSubscription> {
  // Ending a subscription cancels its pending approval in the same transaction, so the subscription exists.
  const id = approval.subscription;
  if (!id) throw new Error(`the approval ${approval.id} is about no subscription`);
  const [subscription, application] = await Promise.all([
    entityBy(em, Subscription, { where: 'e.id = ?', values: [id], lock: 'for update' }),
    entityBy(em, Application, {
      join: 'join subscription s on s.application_id = e.id',
      where: 's.id = ?',
      values: [id],
    }),
  ]);
  if (!subscription || !application) throw new Error(`the subscription of the approval ${approval.id} is missing`);
  return {
    subscription,
    data: { username: developer.username, application: application.name, api_product: approval.resourceName },
  };
}
