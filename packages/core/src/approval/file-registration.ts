import { newId } from '@gatehouse/db/columns';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';

/** Creates a pending approval, and queues a mail to each approver. */
export function fileRegistration(
  scope: Scope,
  event: Event,
  { portal, developer }: { portal: Portal; developer: Developer },
): void {
  const { em, now, settings } = scope;
  const approval = em.create(Approval, {
    id: newId(),
    portal: portal.id,
    developer: developer.id,
    event: 'developer_registration',
    status: 'pending',
    resourceType: 'developer',
    resourceId: developer.developerId,
    resourceName: developer.username,
    applicantId: developer.developerId,
    applicantName: developer.name,
    appliedAt: now,
    createdAt: now,
    updatedAt: now,
  });
  const data = {
    username: developer.username,
    approval_id: approval.id,
    approval_url: `${settings.publicUrl}/api/approvals/${approval.id}`,
  };
  for (const to of new Set(portal.settings.approver_emails)) {
    queueEmail(scope, event, { kind: 'registration_pending', to, portal, about: { developer: developer.id }, data });
  }
}
