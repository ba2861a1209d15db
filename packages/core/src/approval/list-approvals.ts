import type { Actor } from '@gatehouse/contract/actor';
import { z } from 'zod';
import { ApprovalPage, ListApprovalsInput } from '@gatehouse/contract/approval';
import { areUnset, counted } from '../list/counted.ts';
import { equals, equalsConstant, fragment, type Fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { isOfStaying } from '../portal/is-of-staying.ts';
import { query } from '../kernel/query.ts';
import { approvalSeenBy, isDeveloper, operatorFilter, readableApprovals } from './approval.policy.ts';
import { APPROVAL_ROW, APPROVAL_COLUMNS, APPROVAL_FROM, approvalView } from './approval.view.ts';

export const listApprovals = query({
  name: 'approvals.list',
  access: 'approvals:read',
  summary: 'List approvals',
  input: ListApprovalsInput,
  output: ApprovalPage,
  async run(scope, input) {
    const { decision, reach } = readableApprovals(scope.actor, input.portal_id);
    scope.authorize(decision);
    const { status } = input;
    const byOrder = [...reach.where, ...equalsConstant('a.status', status)];
    const byCountedFilters = [...reach.filters, ...equalsConstant('a.event', input.event)];
    const byCounters = [...byOrder, ...byCountedFilters];
    return listPage(scope, input, {
      row: z.object({ ...APPROVAL_ROW, ...listRow }),
      select: APPROVAL_COLUMNS,
      from: 'approval a',
      rows: APPROVAL_FROM,
      id: 'a.id',
      where: [
        ...byOrder,
        ...(status === 'finished' ? [] : [fragment(`(a.status = 'finished' or ${isOfStaying('a').sql})`)]),
      ],
      filters: [
        ...byCountedFilters,
        ...equalsConstant('a.result', input.result),
        ...equalsConstant('a.resource_type', input.resource_type),
        ...equals('a.resource_name', input.resource_name),
        ...equals('a.applicant_name', input.applicant_name),
        ...operatorFilter(scope.actor, input.operator_name),
        ...matches('a.search_text', input.search),
      ],
      exactTotal: isCounted(scope.actor, input)
        ? counted({ table: 'approval', as: 'a', where: byCounters, hidden: hidden(byCounters) })
        : undefined,
      large: ['a.metadata'],
      order: {
        applied_at: { column: 'a.applied_at', type: 'timestamptz' },
        operated_at: { column: 'a.operated_at', type: 'timestamptz', nullable: true },
        resource_name: { column: 'a.resource_name', type: 'text' },
      },
      defaultOrder: 'applied_at',
      present: (row) => approvalSeenBy(scope.actor, approvalView(row, row.portalName)),
    });
  },
});

type Filters = z.output<typeof ListApprovalsInput>;

/** Counters know neither single developers nor the other filters. */
const isCounted = (
  actor: Actor,
  { result, resource_type, resource_name, applicant_name, operator_name, search }: Filters,
) => !isDeveloper(actor) && areUnset(result, resource_type, resource_name, applicant_name, operator_name, search);

const hidden = (where: Fragment[]) => ({
  join: 'approval a on a.developer_uid = d.id and a.portal_id = d.portal_id',
  where: [fragment(`a.status = 'pending'`), ...where],
});
