import { z } from 'zod';
import { DeveloperPage, ListDevelopersInput } from '@gatehouse/contract/developer';
import { areUnset, counted } from '../list/counted.ts';
import { equalsConstant, fragment, hasLabels, type Fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { pageIn } from '../portal/page-in.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { query } from '../kernel/query.ts';
import { DEVELOPER_ROW, DEVELOPER_COLUMNS, developerView } from './developer.view.ts';

export const listDevelopers = query({
  name: 'developers.list',
  access: 'developers:read',
  summary: 'List the developers of a portal',
  input: ListDevelopersInput,
  output: DeveloperPage,
  async run(scope, input) {
    scope.authorize(manageIn(scope.actor, input.portal_id, 'portal'));
    const { portal_id, state, provider, invited, labels, admin_labels, search } = input;
    const inPortal = [fragment('d.portal_id = ?', portal_id), ...equalsConstant('d.state', state)];
    const byProvider = equalsConstant('d.provider', provider);
    const read = () =>
      listPage(scope, input, {
        row: z.object({ ...DEVELOPER_ROW, ...listRow }),
        select: DEVELOPER_COLUMNS,
        from: 'developer d',
        id: 'd.id',
        where: [fragment('d.left_at is null'), ...inPortal],
        filters: [
          ...byProvider,
          ...(invited === undefined
            ? []
            : [fragment(invited ? 'd.must_change_password' : 'not d.must_change_password')]),
          ...hasLabels('d.labels', labels),
          ...adminLabels(admin_labels),
          ...matches('d.search_text', search),
        ],
        exactTotal: areUnset(invited, labels, admin_labels, search)
          ? counted({ table: 'developer', as: 'd', where: [...inPortal, ...byProvider] })
          : undefined,
        large: ['d.labels', 'd.admin_labels', 'd.state_reason'],
        order: {
          created_at: { column: 'd.created_at', type: 'timestamptz' },
          last_active_at: { column: 'd.last_active_at', type: 'timestamptz', nullable: true },
          username: { column: 'd.username_key', type: 'text' },
        },
        defaultOrder: 'created_at',
        present: developerView,
      });
    return pageIn(scope, portal_id, read);
  },
});

/** The condition of the partial index, which contains only developers with admin labels. */
const adminLabels = (labels: Record<string, string> | undefined): Fragment[] =>
  labels === undefined || Object.keys(labels).length === 0
    ? []
    : [fragment(`d.admin_labels <> '{}'::jsonb and d.admin_labels @> ?::jsonb`, JSON.stringify(labels))];
