import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Portal as View } from '@gatehouse/contract/portal';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { isoColumn, isoTime } from '../list/iso-column.ts';
import { iso } from '../kernel/present.ts';
import { settingsOf } from './portal-settings.ts';

export type PortalRow = Pick<Portal, 'id' | 'name' | 'slug' | 'publicUrl' | 'labels' | 'settings'> & {
  createdAt: Date | string;
  updatedAt: Date | string;
};

export const PORTAL_COLUMNS = [
  'name, slug, public_url as "publicUrl", labels, settings',
  isoColumn('created_at', '"createdAt"'),
  isoColumn('updated_at', '"updatedAt"'),
].join(', ');

export const PORTAL_ROW = {
  id: rowId.portal,
  name: z.string(),
  slug: z.string(),
  publicUrl: z.string().nullable(),
  labels: View.shape.labels,
  settings: View.shape.settings,
  createdAt: isoTime,
  updatedAt: isoTime,
};

export const portalView = (portal: PortalRow): View => ({
  id: portal.id,
  name: portal.name,
  slug: portal.slug,
  public_url: portal.publicUrl ?? null,
  labels: portal.labels,
  settings: settingsOf(portal),
  created_at: iso(portal.createdAt),
  updated_at: iso(portal.updatedAt),
});
