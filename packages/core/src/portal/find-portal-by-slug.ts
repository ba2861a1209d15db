import { Slug } from '@gatehouse/contract/portal';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Locale } from '@gatehouse/contract/locale';
import type { EntityManager } from '@mikro-orm/postgresql';
import { translated } from '../kernel/database-errors.ts';
import { settingsOf } from './portal-settings.ts';

/** The public facts of a portal. */
export type PublicPortal = {
  id: string;
  slug: string;
  name: string;
  locale: Locale;
  /** Whether the portal has its own front end, to which people are sent in place of the pages of this service. */
  hasFrontEnd: boolean;
  takesRegistrations: boolean;
  passwordMinLength: number;
  loginWithEmail: boolean;
  supportEmail: string | null;
};

/** For pages that people see before they sign in. Null if no portal has the slug. */
export async function findPortalBySlug(em: EntityManager, slug: string): Promise<PublicPortal | null> {
  const portal = Slug.safeParse(slug).success ? await translated(() => em.fork().findOne(Portal, { slug })) : null;
  if (!portal) return null;
  const settings = settingsOf(portal);
  return {
    id: portal.id,
    slug: portal.slug,
    name: portal.name,
    locale: settings.locale,
    hasFrontEnd: (portal.publicUrl ?? null) !== null,
    takesRegistrations: settings.self_registration,
    passwordMinLength: settings.password_min_length,
    loginWithEmail: settings.login_with_email,
    supportEmail: settings.support_email,
  };
}
