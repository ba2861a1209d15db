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
  /** One of its own: people are led there, and not to our pages. */
  hasFrontEnd: boolean;
  takesRegistrations: boolean;
  passwordMinLength: number;
  loginWithEmail: boolean;
  supportEmail: string | null;
};

/** For a page that is to be shown before anybody has signed in; null where there is no such portal. */
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
