import { Approval, DecideApprovalInput } from '@gatehouse/contract/approval';
import type { Approval as Entity } from '@gatehouse/db/entities/approval.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { changed, command, unchanged, type Scope } from '../kernel/command.ts';
import { queueEmail, type NewEmail } from '../email/queue-email.ts';
import { approvalView } from './approval.view.ts';
import { askedFor } from './asked-for.ts';
import { decide } from './decide.ts';

export const acceptApproval = command({
  name: 'approvals.accept',
  access: 'approvals:decide',
  summary:
    'Accept an approval: the developer becomes active, or the application is subscribed; the developer is notified',
  input: DecideApprovalInput,
  output: Approval,
  async run(scope, input) {
    const { approval, portal, developer } = await decide(scope, input, 'accepted');
    const view = approvalView(approval, portal.name);
    if (!developer) return unchanged(view);
    const news = await accept(scope, { approval, developer });
    const event = scope.emit('approval.accepted', approval, ['status', 'result']);
    if (developer.email)
      queueEmail(scope, event, {
        ...news,
        to: developer.email,
        portal,
        about: { developer: developer.id },
        reader: developer,
      });
    return changed(view);
  },
});

type News = Pick<NewEmail, 'kind' | 'data'>;

async function accept(scope: Scope, decided: { approval: Entity; developer: Developer }): Promise<News> {
  const { approval, developer } = decided;
  switch (approval.event) {
    case 'developer_registration':
      developer.accept(scope.now);
      return { kind: 'registration_accepted', data: {} };
    case 'api_product_subscription': {
      const { subscription, data } = await askedFor(scope, decided);
      subscription.accept(scope.now);
      return { kind: 'subscription_accepted', data };
    }
  }
}
