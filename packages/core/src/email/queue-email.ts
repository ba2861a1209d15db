import type { DeveloperUid } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import type { EmailKind } from '@gatehouse/contract/email';
import { Email } from '@gatehouse/db/entities/email.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { firstDueAt } from '../delivery/lease.ts';
import { frontEndOf } from '../portal/front-end.ts';
import { TEMPLATES } from './templates.ts';

export type NewEmail = {
  kind: EmailKind;
  to: string;
  portal: Portal;
  /** The developer's internal id, or the deletion of a developer whom the mail outlives. */
  about: { developer: DeveloperUid } | { deletion: string } | Record<string, never>;
  data: Record<string, string | null>;
  /** The mail is sent at this time: until the sweeper ends its lease, no worker can claim it. */
  due?: Date;
};

/** Queues a mail. The worker delivers it if and only if the transaction commits. */
export function queueEmail({ em, now, settings }: Scope, event: Event, mail: NewEmail): void {
  const { kind, to, portal, about, due } = mail;
  const data = { portal: portal.name, portal_url: frontEndOf(settings, portal), ...mail.data };
  const id = newId();
  em.create(Email, {
    id,
    portal: portal.id,
    event: event.id,
    ...about,
    kind,
    to,
    subject: TEMPLATES[kind].subject(data),
    data,
    messageId: `<${id}@${new URL(settings.publicUrl).hostname}>`,
    status: 'queued',
    queuedAt: now,
    dueAt: due ?? firstDueAt(now),
    leased: due !== undefined,
    createdAt: now,
  });
}
