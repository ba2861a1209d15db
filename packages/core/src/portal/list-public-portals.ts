import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { EntityManager } from '@mikro-orm/postgresql';
import { translated } from '../kernel/database-errors.ts';

const publicPortals = statement({
  name: 'portal.public',
  text: `select name, slug, public_url as "publicUrl" from portal
where coalesce((settings ->> 'public_access')::boolean, true)
order by name, id limit ?`,
  params: ['bigint'],
  row: z.object({ name: z.string(), slug: z.string(), publicUrl: z.string().nullable() }),
});

/** `publicUrl`: the address of the portal's front end; null if it uses the pages of this service. */
export type PublicPortalLink = z.output<typeof publicPortals.row>;

/** The portals that are open to visitors, by name. */
export const listPublicPortals = (em: EntityManager, limit: number): Promise<PublicPortalLink[]> =>
  translated(() => publicPortals.all(em.fork(), [limit]));
