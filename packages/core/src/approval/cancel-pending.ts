import { statement } from '@gatehouse/db/statement';
import type { Scope } from '../kernel/command.ts';

type Cause = 'application_id' | 'api_product_id' | 'subscription_id';

/** Cancels the pending approvals of subscriptions that end, alone or with their application or product. */
export async function cancelPending({ em, now }: Scope, cause: Cause, id: string): Promise<void> {
  await CANCEL[cause].run(em, [now, now, id]);
}

// Detaches the subscription here, not by `on delete set null`: PostgreSQL checks all foreign keys of a row that a
// transaction updates twice, which would lock the developer after the approval and deadlock with a decision.
const cancelOf = (column: string): string =>
  `update approval set status = 'finished', result = 'cancelled', operated_at = ?, updated_at = ?, subscription_id = null
  where status = 'pending' and subscription_id in (select id from subscription where ${column} = ?)`;

const cancelOfApplication = statement({
  name: 'approval.cancel_of_application',
  text: cancelOf('application_id'),
  params: ['timestamp with time zone', 'timestamp with time zone', 'uuid'],
});
const cancelOfApiProduct = statement({
  name: 'approval.cancel_of_api_product',
  text: cancelOf('api_product_id'),
  params: ['timestamp with time zone', 'timestamp with time zone', 'uuid'],
});
const cancelOfSubscription = statement({
  name: 'approval.cancel_of_subscription',
  text: cancelOf('id'),
  params: ['timestamp with time zone', 'timestamp with time zone', 'uuid'],
});

const CANCEL: Record<Cause, typeof cancelOfApplication> = {
  application_id: cancelOfApplication,
  api_product_id: cancelOfApiProduct,
  subscription_id: cancelOfSubscription,
};
