import { Approval, DecideApprovalInput } from '@gatehouse/contract/approval';
import type { Approval as Entity } from '@gatehouse/db/entities/approval.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { changed, command, unchanged, type Scope } from '../kernel/command.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';
import { queueEmail, type NewEmail } from '../email/queue-email.ts';
import { approvalView } from './approval.view.ts';
import { askedFor } from './asked-for.ts';
import { decide } from './decide.ts';

export const rejectApproval = command({
  name: 'approvals.reject',
  access: 'approvals:decide',
  summary: 'Reject an approval: the developer or the subscription is deleted; the developer is notified of the reason',
  input: DecideApprovalInput,
  output: Approval,
  async run(scope, input) {
    const { approval, portal, developer } = await decide(scope, input, 'rejected');
    const view = approvalView(approval, portal.name);
    if (!developer) return unchanged(view);
    const { data, ...news } = await reject(scope, { approval, developer });
    const event = scope.emit('approval.rejected', approval, ['status', 'result']);
    const reason = input.reason || null;
    if (developer.email)
      queueEmail(scope, event, { ...news, to: developer.email, portal, reader: developer, data: { ...data, reason } });
    return changed(view);
  },
});

type News = Pick<NewEmail, 'kind' | 'about' | 'data'>;

async function reject(scope: Scope, decided: { approval: Entity; developer: Developer }): Promise<News> {
  const { approval, developer } = decided;
  switch (approval.event) {
    case 'developer_registration': {
      const deletion = requestDeletion(scope, developer, 'rejected');
      return { kind: 'registration_rejected', about: { deletion: deletion.id }, data: {} };
    }
    case 'api_product_subscription': {
      const { subscription, data } = await askedFor(scope, decided);
      scope.em.remove(subscription);
      return { kind: 'subscription_rejected', about: { developer: developer.id }, data };
    }
  }
}
