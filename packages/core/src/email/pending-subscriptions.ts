import type { PortalId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { PendingRequest } from '@gatehouse/words/mails/subscriptions-pending';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The most requests that one mail names. */
const NAMED = 20;

const pending = statement({
  name: 'approval.pending_subscriptions',
  text: `select a.id, a.applicant_name as applicant, a.resource_name as product, p.name as application
  from approval a join developer d on d.id = a.developer_uid and d.left_at is null
  join subscription s on s.id = a.subscription_id join application p on p.id = s.application_id
  where a.portal_id = ? and a.status = 'pending' and a.event = 'api_product_subscription'
  order by a.applied_at, a.id limit ?`,
  params: ['uuid', 'bigint'],
  row: z.object({
    id: z.uuid(),
    applicant: z.string(),
    product: z.string(),
    application: z.string(),
  }),
});

type Digest = { pending: PendingRequest[]; hasMore: boolean };

/** The portal's pending subscriptions for a mail, oldest first. Null if none is pending. */
export async function pendingSubscriptions(em: EntityManager, portalId: PortalId): Promise<Digest | null> {
  const rows = await pending.all(em, [portalId, NAMED + 1]);
  return rows.length === 0 ? null : { pending: rows.slice(0, NAMED), hasMore: rows.length > NAMED };
}
