import { notFound } from '@gatehouse/contract/errors';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { isId } from '../list/ids.ts';
import { fragment, type Fragment } from '../list/fragment.ts';
import type { PortalCaller } from './portal-caller.ts';

const PUBLISHED = `p.portal_id = ? and p.status = 'published'`;

/**
 * The API products `p` that callers on the portal side can see: all published ones. `can_view_unsubscribed` hides the API
 * document of a product but not the product, because developers must see it to subscribe.
 */
export const publishedIn = ({ portalId }: PortalCaller): Fragment[] => [fragment(PUBLISHED, portalId)];

/** The published API products in the caller's lists. Visitors do not see products for `logged_in` developers. */
export const listedFor = (caller: PortalCaller): Fragment[] => [
  ...publishedIn(caller),
  ...(caller.forVisitors ? [fragment(`p.visibility = 'public'`)] : []),
];

const published = statement({
  name: 'api_product.published',
  text: `select p.id from api_product p where p.id = ? and ${PUBLISHED}`,
  params: ['uuid', 'uuid'],
  row: z.object({ id: z.uuid() }),
});

/** Throws `not_found` unless callers on the portal side can see the API product. */
export async function assertPublished(em: EntityManager, { portalId }: PortalCaller, id: string): Promise<void> {
  const row = isId(id) ? await published.first(em, [id, portalId]) : undefined;
  if (!row) throw notFound('API product');
}
