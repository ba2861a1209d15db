import { z } from 'zod';
import { ListPortalsInput, PortalPage } from '@gatehouse/contract/portal';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { query } from '../kernel/query.ts';
import { inReach } from './portal-filter.ts';
import { PORTAL_ROW, PORTAL_COLUMNS, portalView } from './portal.view.ts';

export const listPortals = query({
  name: 'portals.list',
  access: 'portals:read',
  summary: 'List portals',
  input: ListPortalsInput,
  output: PortalPage,
  run(scope, input) {
    const { where, filters } = inReach(scope, 'id', undefined);
    return listPage(scope, input, {
      row: z.object({ ...PORTAL_ROW, ...listRow }),
      select: PORTAL_COLUMNS,
      from: 'portal',
      id: 'id',
      where,
      filters: [...filters, ...matches('search_text', input.search)],
      large: ['labels', 'settings'],
      order: { created_at: { column: 'created_at', type: 'timestamptz' }, name: { column: 'name', type: 'text' } },
      defaultOrder: 'created_at',
      present: portalView,
    });
  },
});
