import type { Settings } from '../kernel/context.ts';

type Portal = { slug: string; publicUrl?: string | null | undefined };

/** Where people of the portal go: its own front end, or else the pages of this service. No slash at the end. */
export const frontEndOf = ({ publicUrl: service }: Settings, { slug, publicUrl }: Portal): string =>
  (publicUrl ?? `${service}/portals/${slug}`).replace(/\/$/, '');
