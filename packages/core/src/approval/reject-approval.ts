import { Approval, DecideApprovalInput } from '@gatehouse/contract/approval';
import { changed, command, unchanged } from '../command.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';
import { queueEmail } from '../email/queue-email.ts';
import { approvalView } from './approval.view.ts';
import { decide } from './decide.ts';

export const rejectApproval = command({
  name: 'approvals.reject',
  access: 'approvals:decide',
  summary: 'Reject: the developer is deleted and is told why',
  input: DecideApprovalInput,
  output: Approval,
  async run(scope, input) {
    const { approval, portal, developer } = await decide(scope, input, 'rejected');
    const view = approvalView(approval, portal.name);
    if (!developer) return unchanged(view);
    const deletion = requestDeletion(scope, developer, 'rejected');
    const event = scope.emit({
      name: 'approval.rejected',
      portalId: portal.id,
      resourceType: 'approval',
      resourceId: approval.id,
      changed: ['status', 'result'],
    });
    if (developer.email) {
      const data = { username: developer.username, reason: input.reason ?? null };
      queueEmail(scope, event, {
        kind: 'registration_rejected',
        to: developer.email,
        portal,
        about: { deletion: deletion.id },
        data,
      });
    }
    return changed(view);
  },
});
