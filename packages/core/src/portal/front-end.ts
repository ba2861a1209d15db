import type { Settings } from '../kernel/context.ts';

/** The part of a portal that locates its front end. */
export type FrontEnd = { slug: string; publicUrl?: string | null | undefined };

/** The base address of the portal's own front end, or else of its pages in this service, without a trailing slash. */
export const frontEndOf = ({ publicUrl: service }: Settings, { slug, publicUrl }: FrontEnd): string =>
  (publicUrl ?? `${service}/portals/${slug}`).replace(/\/$/, '');

/** The base address of the console of operators. */
export const consoleOf = ({ publicUrl }: Pick<Settings, 'publicUrl'>): string => `${publicUrl}/console`;
