import { acceptApproval } from '@gatehouse/core/approval/accept-approval';
import { getApproval } from '@gatehouse/core/approval/get-approval';
import { listApprovals } from '@gatehouse/core/approval/list-approvals';
import { rejectApproval } from '@gatehouse/core/approval/reject-approval';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const approvals = router({
  list: exposeQuery(listApprovals),
  get: exposeQuery(getApproval),
  accept: exposeCommand(acceptApproval, 'mail'),
  reject: exposeCommand(rejectApproval, 'mail'),
});
