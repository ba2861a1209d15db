import type { EmailId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import { Email } from '@gatehouse/db/entities/email.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { firstDueAt } from '../delivery/lease.ts';
import type { Scope } from '../kernel/command.ts';

/**
 * Queues a mail without a recipient, which the worker suppresses: an unknown address writes the same rows, in the same
 * indexes, as a known one, so that response times reveal neither. `portal`: null for an address of an operator.
 */
export function queueDecoy({ em, now }: Scope, event: Event, portal: Portal | null): void {
  const id = newId<EmailId>();
  em.create(Email, {
    id,
    portal: portal?.id ?? null,
    event: event.id,
    kind: portal ? 'password_reset' : 'operator_password_reset',
    to: `erased-${id}`,
    subject: 'erased',
    data: { portal: 'erased', portal_url: null, username: 'erased', version: 'erased', expires_at: 'erased' },
    messageId: `<${id}@erased.invalid>`,
    status: 'queued',
    queuedAt: now,
    dueAt: firstDueAt(now),
    createdAt: now,
  });
}
