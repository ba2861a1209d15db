import { notFound } from '@gatehouse/contract/errors';
import type { PortalId } from '@gatehouse/contract/ids';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';

/** Waits for a deletion of one of them, as a foreign key would. */
const countPortals = statement({
  name: 'portal.count_of',
  text: 'select count(*)::int as n from (select from portal where id = any(?) for key share) as portals',
  params: ['uuid[]'],
  row: z.object({ n: sure(z.int(), 'a count') }),
});

/** Throws `not_found` unless all of these portals exist. */
export async function assertPortals(em: EntityManager, portalIds: readonly PortalId[] | null): Promise<void> {
  if (portalIds === null) return;
  const found = await countPortals.first(em, [portalIds]);
  if (found?.n !== new Set(portalIds).size) throw notFound('portal');
}
