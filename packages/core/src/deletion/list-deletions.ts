import { z } from 'zod';
import { DeletionPage, ListDeletionsInput } from '@gatehouse/contract/deletion';
import { equalsConstant } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { inReach } from '../portal/portal-filter.ts';
import { query } from '../kernel/query.ts';
import { DELETION_ROW, DELETION_COLUMNS, deletionView } from './deletion.view.ts';

export const listDeletions = query({
  name: 'deletions.list',
  access: 'developers:read',
  summary: 'List deletions of developers',
  input: ListDeletionsInput,
  output: DeletionPage,
  run(scope, input) {
    const { where, filters } = inReach(scope, 'portal_id', input.portal_id);
    return listPage(scope, input, {
      row: z.object({ ...DELETION_ROW, ...listRow }),
      select: DELETION_COLUMNS,
      from: 'deletion',
      id: 'id',
      where,
      filters: [...filters, ...equalsConstant('status', input.status)],
      order: { requested_at: { column: 'requested_at', type: 'timestamptz' } },
      defaultOrder: 'requested_at',
      present: deletionView,
    });
  },
});
