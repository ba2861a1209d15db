import type { Scope } from '../command.ts';

type Cause = 'application_id' | 'api_product_id';

/** What waits for a decision about subscriptions of an application or product that is deleted needs none any more. */
export async function cancelPending({ em, now }: Scope, cause: Cause, id: string): Promise<void> {
  await em.execute(CANCEL[cause], [now, now, id]);
}

const cancelOf = (cause: Cause): string =>
  `update approval set status = 'finished', result = 'cancelled', operated_at = ?, updated_at = ?
  where status = 'pending' and subscription_id in (select id from subscription where ${cause} = ?)`;

const CANCEL: Record<Cause, string> = {
  application_id: cancelOf('application_id'),
  api_product_id: cancelOf('api_product_id'),
};
