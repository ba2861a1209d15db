import type { EntityManager } from '@mikro-orm/postgresql';
import { translated } from '../kernel/database-errors.ts';

export type PublicPortalLink = {
  name: string;
  slug: string;
  /** The address of the portal's front end; null if it uses the pages of this service. */
  publicUrl: string | null;
};

const SQL = `select name, slug, public_url as "publicUrl" from portal
where coalesce((settings ->> 'public_access')::boolean, true)
order by name, id limit ?`;

/** The portals that show themselves to visitors who have not signed in, by name. */
export const listPublicPortals = (em: EntityManager, limit: number): Promise<PublicPortalLink[]> =>
  translated(() => em.fork().execute<PublicPortalLink[]>(SQL, [limit]));
