import type { DeveloperUid, EmailId, DeletionId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import type { EmailKind } from '@gatehouse/contract/email';
import type { Locale } from '@gatehouse/contract/locale';
import { Email } from '@gatehouse/db/entities/email.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { MAILS } from '@gatehouse/words/mails';
import type { Scope } from '../kernel/command.ts';
import type { Settings } from '../kernel/context.ts';
import { firstDueAt } from '../delivery/lease.ts';
import { consoleOf, frontEndOf } from '../portal/front-end.ts';
import { settingsOf } from '../portal/portal-settings.ts';

export type NewEmail = {
  kind: EmailKind;
  to: string;
  /** Null for a mail to an operator. */
  portal: Portal | null;
  /** The developer's internal id, or the deletion of a developer whom the mail outlives. */
  about: { developer: DeveloperUid } | { deletion: DeletionId } | Record<string, never>;
  /** The developer or operator whom the mail greets, in that person's language. Absent for approvers. */
  reader?: Reader;
  data: Record<string, string | null>;
  /** The mail is sent at this time: until the sweeper ends its lease, no worker can claim it. */
  due?: Date;
};

/** `name` is null where the address may belong to a stranger. */
type Reader = { name: string | null; locale?: Locale | null | undefined };

/** Queues a mail. The worker delivers it if and only if the transaction commits. */
export function queueEmail({ em, now, settings }: Scope, event: Event, mail: NewEmail): void {
  const { kind, to, portal, about, reader, due } = mail;
  const { locale: common, ...sender } = senderOf(settings, portal);
  const locale = reader?.locale ?? common;
  const data = { ...sender, name: reader?.name ?? null, ...mail.data };
  const id = newId<EmailId>();
  em.create(Email, {
    id,
    portal: portal?.id ?? null,
    event: event.id,
    ...about,
    kind,
    to,
    locale,
    subject: MAILS[kind](locale, data).subject,
    data,
    messageId: `<${id}@${new URL(settings.publicUrl).hostname}>`,
    status: 'queued',
    queuedAt: now,
    dueAt: due ?? firstDueAt(now),
    leased: due !== undefined,
    createdAt: now,
  });
}

/** Mails to operators are signed by the service, because an operator may work on many portals. */
const senderOf = (settings: Settings, portal: Portal | null) =>
  portal
    ? { portal: portal.name, portal_url: frontEndOf(settings, portal), locale: settingsOf(portal).locale }
    : { portal: 'Gatehouse', portal_url: consoleOf(settings), locale: 'en' as const };
