import type { Settings } from '../context.ts';

type Portal = { slug: string; publicUrl?: string | null | undefined };

/**
 * Where people of the portal go, without a slash at the end: to its own front end, else to our pages. Earlier releases
 * took addresses with a query and a fragment, behind which nothing can be put.
 */
export const frontEndOf = ({ publicUrl: service }: Settings, { slug, publicUrl }: Portal): string =>
  (publicUrl ?? `${service}/portals/${slug}`).replace(/[?#].*$/, '').replace(/\/$/, '');
