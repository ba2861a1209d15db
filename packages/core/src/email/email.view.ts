import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Email as View } from '@gatehouse/contract/email';
import type { Email } from '@gatehouse/db/entities/email.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

export type EmailRow = Pick<
  Email,
  'id' | 'kind' | 'to' | 'subject' | 'status' | 'attempts' | 'lastError' | 'messageId'
> & {
  portal?: string | null | undefined;
  createdAt: Date | string;
  sentAt?: Date | string | null | undefined;
};

export const EMAIL_COLUMNS = [
  'portal_id as portal, kind, "to", subject, status, attempts, last_error as "lastError", message_id as "messageId"',
  isoColumn('created_at', '"createdAt"'),
  isoColumn('sent_at', '"sentAt"'),
].join(', ');

export const EMAIL_ROW = {
  id: rowId.email,
  portal: rowId.portal.nullable(),
  kind: View.shape.kind,
  to: z.string(),
  subject: z.string(),
  status: View.shape.status,
  attempts: z.int(),
  lastError: z.string().nullable(),
  messageId: z.string(),
  createdAt: isoTime,
  sentAt: isoTimeOrNull,
};

export const emailView = (email: EmailRow): View => ({
  id: email.id,
  portal_id: email.portal ?? null,
  kind: email.kind,
  to: email.to,
  subject: email.subject,
  status: email.status,
  attempts: email.attempts,
  last_error: email.lastError ?? null,
  message_id: email.messageId,
  created_at: iso(email.createdAt),
  sent_at: isoOrNull(email.sentAt),
});
