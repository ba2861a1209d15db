import type { EmailId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { EMAIL_STATUSES, type EmailKind } from '@gatehouse/contract/email';
import type { Locale } from '@gatehouse/contract/locale';
import { GatehouseError } from '@gatehouse/contract/errors';
import { id, time } from '../columns.ts';
import { Deletion } from './deletion.entity.ts';
import { Developer } from './developer.entity.ts';
import { Event } from './event.entity.ts';
import { Portal } from './portal.entity.ts';

const EmailSchema = defineEntity({
  name: 'Email',
  properties: {
    id: id<EmailId>(),
    portal: () => p.manyToOne(Portal).mapToPk().nullable().deleteRule('cascade'),
    event: () => p.manyToOne(Event).mapToPk().createForeignKeyConstraint(false),
    developer: () =>
      p
        .manyToOne(Developer)
        .mapToPk()
        .fieldName('developer_uid')
        .nullable()
        .deleteRule('set null')
        .index('email_developer'),
    deletion: () => p.manyToOne(Deletion).mapToPk().nullable().deleteRule('set null').index('email_deletion'),
    kind: p.text().$type<EmailKind>(),
    to: p.text(),
    locale: p.text().$type<Locale>().default('en'),
    subject: p.text(),
    data: p.json<Record<string, string | null>>(),
    messageId: p.text(),
    status: p.enum(EMAIL_STATUSES),
    queuedAt: time(),
    attempts: p.integer().default(0),
    lastError: p.text().nullable(),
    dueAt: time(),
    leased: p.boolean().default(false),
    createdAt: time(),
    sentAt: time().nullable(),
  },
  indexes: [
    {
      name: 'email_kind',
      expression: `create index email_kind on email (kind, created_at, id)`,
    },
    {
      name: 'email_portal_status',
      expression: `create index email_portal_status on email (portal_id, status, created_at, id)`,
    },
    {
      name: 'email_portal_kind',
      expression: `create index email_portal_kind on email (portal_id, kind, created_at, id)`,
    },
    { name: 'email_created_at', properties: ['createdAt', 'id'] },
    { name: 'email_portal', properties: ['portal', 'createdAt', 'id'] },
    { name: 'email_to', properties: ['to', 'createdAt', 'id'] },
    { name: 'email_status', properties: ['status', 'createdAt', 'id'] },
    {
      name: 'email_subscription_pending',
      expression: `create index email_subscription_pending on email (developer_uid, created_at) where kind = 'subscription_pending'`,
    },
    { name: 'email_due', expression: `create index email_due on email (due_at) where status = 'queued'` },
  ],
});

/**
 * A mail and its delivery. `portal`: null for mails to operators. `dueAt`: when the sweeper adds it to the queue. `leased`:
 * a worker is sending it. The worker clears this with the result, or the sweeper does when the mail is overdue.
 */
export class Email extends EmailSchema.class {
  resend(now: Date): void {
    if (this.status !== 'failed' && this.status !== 'suppressed') {
      throw new GatehouseError(
        'illegal_state',
        `Only a failed or suppressed mail can be sent again. This one is ${this.status}.`,
      );
    }
    this.status = 'queued';
    this.queuedAt = now;
    this.dueAt = now;
  }
}
EmailSchema.setClass(Email);
