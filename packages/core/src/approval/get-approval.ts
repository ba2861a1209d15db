import { z } from 'zod';
import { rowsOf } from '@gatehouse/db/statement';
import { Approval, ApprovalRef } from '@gatehouse/contract/approval';
import { notFound } from '@gatehouse/contract/errors';
import { allOf, fragment } from '../list/fragment.ts';
import { isId } from '../list/ids.ts';
import { query } from '../kernel/query.ts';
import { approvalSeenBy, readableApprovals } from './approval.policy.ts';
import { APPROVAL_COLUMNS, APPROVAL_FROM, APPROVAL_LIVING, APPROVAL_ROW, approvalView } from './approval.view.ts';

export const getApproval = query({
  name: 'approvals.get',
  access: 'approvals:read',
  summary: 'Get an approval',
  input: ApprovalRef,
  output: Approval,
  async run({ em, actor, authorize }, { approval_id }) {
    const { decision, reach } = readableApprovals(actor);
    authorize(decision);
    if (!isId(approval_id)) throw notFound('approval');
    const where = [fragment('a.id = ?', approval_id), fragment(APPROVAL_LIVING), ...reach.where, ...reach.filters];
    const [row] = await rowsOf(em, {
      row: z.object({ ...APPROVAL_ROW }),
      sql: `select a.id, ${APPROVAL_COLUMNS} from ${APPROVAL_FROM} where ${allOf(where)}`,
      params: where.flatMap(({ params }) => params),
    });
    if (!row) throw notFound('approval');
    return approvalSeenBy(actor, approvalView(row, row.portalName));
  },
});
