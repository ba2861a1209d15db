import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Settings } from '../context.ts';

/** Where developers of the portal go: to its own front end, else to the pages that the api serves. */
export const frontEndOf = (portal: Portal, { publicUrl }: Settings): string =>
  portal.publicUrl ?? `${publicUrl}/portals/${portal.slug}`;
