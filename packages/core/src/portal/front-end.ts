import type { Settings } from '../kernel/context.ts';

type Portal = { slug: string; publicUrl?: string | null | undefined };

/** The base address of the portal's own front end, or else of its pages in this service, without a trailing slash. */
export const frontEndOf = ({ publicUrl: service }: Settings, { slug, publicUrl }: Portal): string =>
  (publicUrl ?? `${service}/portals/${slug}`).replace(/\/$/, '');
