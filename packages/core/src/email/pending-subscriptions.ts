import { rowId, type PortalId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { PendingRequest } from '@gatehouse/words/mails/subscriptions-pending';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The most requests that one mail names. */
const NAMED = 20;

const pending = statement({
  name: 'approval.pending_subscriptions',
  text: `select portal.id as "portalId", request.* from portal cross join lateral (
    select a.id, a.applicant_name as applicant, a.resource_name as product, p.name as application
    from approval a join developer d on d.id = a.developer_uid and d.left_at is null
    join subscription s on s.id = a.subscription_id join application p on p.id = s.application_id
    where a.portal_id = portal.id and a.status = 'pending' and a.event = 'api_product_subscription'
    order by a.applied_at, a.id limit ?) request
  where portal.id = any(?)`,
  params: ['bigint', 'uuid[]'],
  row: z.object({
    portalId: rowId.portal,
    id: z.uuid(),
    applicant: z.string(),
    product: z.string(),
    application: z.string(),
  }),
});

export type Digest = { pending: PendingRequest[]; hasMore: boolean };

/** The pending subscriptions of each of these portals for a mail, oldest first. A portal without any has no entry. */
export async function pendingSubscriptions(em: EntityManager, portals: PortalId[]): Promise<Map<PortalId, Digest>> {
  const byPortal = Map.groupBy(await pending.all(em, [NAMED + 1, portals]), ({ portalId }) => portalId);
  return new Map(
    [...byPortal].map(([portal, rows]) => [portal, { pending: rows.slice(0, NAMED), hasMore: rows.length > NAMED }]),
  );
}
