import type { Scope } from '../kernel/command.ts';

type Cause = 'application_id' | 'api_product_id' | 'subscription_id';

/** What waits for a decision about subscriptions that end, alone or with their application or product, needs none. */
export async function cancelPending({ em, now }: Scope, cause: Cause, id: string): Promise<void> {
  await em.execute(CANCEL[cause], [now, now, id]);
}

// The subscription is let go of here, not by its deletion: a row that one transaction updates twice has all its foreign
// keys checked anew, which locks the developer after the approval and so deadlocks with a decision.
const cancelOf = (column: string): string =>
  `update approval set status = 'finished', result = 'cancelled', operated_at = ?, updated_at = ?, subscription_id = null
  where status = 'pending' and subscription_id in (select id from subscription where ${column} = ?)`;

const CANCEL: Record<Cause, string> = {
  application_id: cancelOf('application_id'),
  api_product_id: cancelOf('api_product_id'),
  subscription_id: cancelOf('id'),
};
