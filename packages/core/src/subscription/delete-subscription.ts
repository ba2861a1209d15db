import { z } from 'zod';
import { rowsOf } from '@gatehouse/db/statement';
import { rowId, type DeveloperUid, type SubscriptionId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { SubscriptionRef } from '@gatehouse/contract/subscription';
import { Subscription } from '@gatehouse/db/entities/subscription.entity';
import { LockMode } from '@mikro-orm/core';
import { seenBy } from '../application/application.view.ts';
import { cancelPending } from '../approval/cancel-pending.ts';
import { changed, command, type Scope } from '../kernel/command.ts';
import { lockOwner } from '../developer/lock-owner.ts';
import { allOf, fragment } from '../list/fragment.ts';
import { portalCaller, type PortalCaller } from '../portal/portal-caller.ts';
import { Nothing } from '../kernel/present.ts';
import { isId } from '../list/ids.ts';

export const deleteSubscription = command({
  name: 'subscriptions.delete',
  access: 'subscriptions:write',
  summary: 'End a subscription, or withdraw a pending one and its approval',
  input: SubscriptionRef,
  output: Nothing,
  async run(scope, { portal_id, subscription_id }) {
    const caller = portalCaller(scope, portal_id);
    const { id, owner } = await find(scope, caller, subscription_id);
    await lockOwner(scope, caller, owner);
    // Before the subscription is locked, because a decision locks the approval first too.
    await cancelPending(scope, 'subscription_id', id);
    const subscription = await scope.em.findOne(Subscription, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!subscription) throw notFound('subscription');
    scope.em.remove(subscription);
    scope.emit('subscription.deleted', { type: 'subscription', id: subscription.id, portalId: caller.portalId });
    return changed(null);
  },
});

async function find(
  { em }: Scope,
  caller: PortalCaller,
  id: SubscriptionId,
): Promise<{ id: SubscriptionId; owner: DeveloperUid }> {
  const where = [fragment('s.id = ?', id), ...seenBy(caller, 's')];
  const [row] = isId(id)
    ? await rowsOf(em, {
        row: z.object({ id: rowId.subscription, owner: rowId.developer }),
        sql: `select s.id, d.id as owner from subscription s join developer d on d.id = s.developer_uid and d.left_at is null where ${allOf(where)}`,
        params: where.flatMap(({ params }) => params),
      })
    : [];
  if (!row) throw notFound('subscription');
  return row;
}
