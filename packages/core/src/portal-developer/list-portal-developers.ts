import { z } from 'zod';
import { ListPortalDevelopersInput, PortalDeveloperPage } from '@gatehouse/contract/portal-developer';
import { counted } from '../list/counted.ts';
import { fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { pageIn } from '../portal/page-in.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { query } from '../kernel/query.ts';
import { DEVELOPER_ROW, DEVELOPER_COLUMNS } from '../developer/developer.view.ts';
import { portalDeveloperView } from './portal-developer.view.ts';

export const listPortalDevelopers = query({
  name: 'portalDevelopers.list',
  access: 'developers:read',
  summary: 'List the developers of a portal, or only the one on whose behalf the call is made',
  input: ListPortalDevelopersInput,
  output: PortalDeveloperPage,
  async run(scope, input) {
    const caller = portalCaller(scope, input.portal_id);
    const inPortal = fragment('d.portal_id = ?', caller.portalId);
    const read = () =>
      listPage(scope, input, {
        row: z.object({ ...DEVELOPER_ROW, ...listRow }),
        select: DEVELOPER_COLUMNS,
        from: 'developer d',
        id: 'd.id',
        where: [
          inPortal,
          fragment('d.left_at is null'),
          ...(caller.developer ? [fragment('d.id = ?', caller.developer.uid)] : []),
        ],
        filters: matches('d.search_text', input.search),
        exactTotal:
          caller.developer || input.search !== undefined
            ? undefined
            : counted({ table: 'developer', as: 'd', where: [inPortal] }),
        large: ['d.labels', 'd.admin_labels', 'd.state_reason'],
        order: {
          last_active_at: { column: 'd.last_active_at', type: 'timestamptz', nullable: true },
          created_at: { column: 'd.created_at', type: 'timestamptz' },
        },
        defaultOrder: 'last_active_at',
        present: portalDeveloperView,
      });
    return pageIn(scope, caller.portalId, read);
  },
});
