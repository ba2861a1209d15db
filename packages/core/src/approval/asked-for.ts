import type { Approval } from '@gatehouse/db/entities/approval.entity';
import { Application } from '@gatehouse/db/entities/application.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { Subscription } from '@gatehouse/db/entities/subscription.entity';
import { LockMode } from '@mikro-orm/core';
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
  const subscription = await em.findOneOrFail(Subscription, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const application = await em.findOneOrFail(Application, { id: subscription.application });
  return {
    subscription,
    data: { username: developer.username, application: application.name, api_product: approval.resourceName },
  };
}
