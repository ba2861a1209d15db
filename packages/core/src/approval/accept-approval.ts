import { Approval, DecideApprovalInput } from '@gatehouse/contract/approval';
import { changed, command, unchanged } from '../command.ts';
import { queueEmail } from '../email/queue-email.ts';
import { approvalView } from './approval.view.ts';
import { decide } from './decide.ts';

export const acceptApproval = command({
  name: 'approvals.accept',
  access: 'approvals:decide',
  summary: 'Accept: the developer becomes active and is told',
  input: DecideApprovalInput,
  output: Approval,
  async run(scope, input) {
    const { approval, portal, developer } = await decide(scope, input, 'accepted');
    const view = approvalView(approval, portal.name);
    if (!developer) return unchanged(view);
    developer.accept(scope.now);
    const event = scope.emit({
      name: 'approval.accepted',
      portalId: portal.id,
      resourceType: 'approval',
      resourceId: approval.id,
      changed: ['status', 'result'],
    });
    if (developer.email) {
      const data = { username: developer.username };
      queueEmail(scope, event, {
        kind: 'registration_accepted',
        to: developer.email,
        portal,
        about: { developer: developer.id },
        data,
      });
    }
    return changed(view);
  },
});
