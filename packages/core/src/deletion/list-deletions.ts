import { DeletionPage, ListDeletionsInput, type Deletion } from '@gatehouse/contract/deletion';
import { equals, listPage } from '../list/list.ts';
import { inReach } from '../portal/portal-filter.ts';
import { query } from '../kernel/query.ts';
import { DELETION_COLUMNS, deletionView, type DeletionRow } from './deletion.view.ts';

export const listDeletions = query({
  name: 'deletions.list',
  access: 'developers:read',
  summary: 'List deletions of developers',
  input: ListDeletionsInput,
  output: DeletionPage,
  run: (scope, input) =>
    listPage<DeletionRow & { sort: string | null }, Deletion>(scope, input, {
      select: DELETION_COLUMNS,
      from: 'deletion',
      id: 'id',
      where: [...inReach(scope, 'portal_id', input.portal_id), ...equals('status', input.status)],
      order: { requested_at: { column: 'requested_at', type: 'timestamptz' } },
      defaultOrder: 'requested_at',
      present: deletionView,
    }),
});
