import { ApprovalId, type EmailId } from '@gatehouse/contract/ids';
import { DEVELOPER_STATES, type DeveloperState } from '@gatehouse/contract/developer';
import type { EmailKind } from '@gatehouse/contract/email';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Email } from '@gatehouse/db/entities/email.entity';
import { EmailUndo } from '@gatehouse/db/entities/email-undo.entity';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { MAILS } from '@gatehouse/words/mails';
import { renderHtml, renderText } from '@gatehouse/words/mails/render';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Context } from '../kernel/context.ts';
import { linkUrl, type Link } from './signed-link.ts';
import { pendingSubscriptions } from './pending-subscriptions.ts';

export type ComposedEmail =
  | {
      kind: 'mail';
      messageId: string;
      /** The time of this attempt. */
      date: Date;
      from: { name: string; email: string } | null;
      to: string;
      subject: string;
      text: string;
      html: string;
    }
  | { kind: 'unwanted'; reason: string };

/** Composes the mail from current records for each attempt. `unwanted` means that its content is no longer true. */
export async function composeEmail(
  { em, now, settings }: Pick<Context, 'em' | 'now' | 'settings'>,
  emailId: EmailId,
): Promise<ComposedEmail> {
  const fork = em.fork({ keepTransactionContext: true });
  const email = await fork.findOneOrFail(Email, emailId);
  const reason = await whyUnwanted({ em: fork, now }, email);
  if (reason !== null) return { kind: 'unwanted', reason };
  const portal = await fork.findOneOrFail(Portal, email.portal);
  if (TO_APPROVERS.has(email.kind) && !portal.settings.approver_emails.includes(email.to))
    return { kind: 'unwanted', reason: 'The recipient is no longer an approver of the portal.' };
  const link = linkOf(email);
  const pending = email.kind === 'subscriptions_pending' ? await pendingSubscriptions(fork, portal.id) : undefined;
  if (pending === null) return { kind: 'unwanted', reason: NOTHING_PENDING };
  const { locale, subject } = email;
  const { blocks } = MAILS[email.kind](locale, {
    ...email.data,
    ...(link === null ? {} : { link: linkUrl(settings, portal, link) }),
    ...pending,
  });
  return {
    kind: 'mail',
    messageId: email.messageId,
    date: now,
    from: portal.settings.sender,
    to: email.to,
    subject,
    text: renderText(blocks),
    html: renderHtml({ locale, subject, blocks }),
  };
}

/** Mails that name applicants. They may wait up to 48 hours, and someone who is no longer an approver must not get them. */
const TO_APPROVERS: ReadonlySet<EmailKind> = new Set([
  'registration_pending',
  'subscription_pending',
  'subscriptions_pending',
]);

const NOTHING_PENDING = 'The decision is no longer pending.';

/** The states of the developer in which a mail is still true. Null for mails that outlive the developer. */
const TRUE_WHILE: Record<EmailKind, readonly DeveloperState[] | null> = {
  registration_pending: ['Pending'],
  registration_accepted: ['Active'],
  registration_rejected: null,
  registration_existing: DEVELOPER_STATES,
  invitation: ['Active'],
  verify_email: ['Pending', 'Active'],
  password_reset: ['Pending', 'Active'],
  email_changed: DEVELOPER_STATES,
  email_existing: DEVELOPER_STATES,
  suspended: ['Suspended'],
  reactivated: ['Active'],
  subscription_pending: DEVELOPER_STATES,
  subscriptions_pending: null,
  subscription_accepted: ['Active'],
  subscription_rejected: DEVELOPER_STATES,
};

async function whyUnwanted({ em, now }: Pick<Context, 'em' | 'now'>, email: Email): Promise<string | null> {
  const states = TRUE_WHILE[email.kind];
  if (states === null) return null;
  const developer = email.developer ? await em.findOne(Developer, { id: email.developer, leftAt: null }) : null;
  if (!developer) return 'The developer has been deleted.';
  if (!states.includes(developer.state)) return `The developer is now ${developer.state}.`;
  if (email.kind === 'subscription_pending')
    return whyDecided(em, ApprovalId.nullable().parse(email.data['approval_id'] ?? null));
  const link = linkOf(email);
  return link === null ? null : whyOver(em, link, { developer, now });
}

/** The stored parts of a link that grants access. Null for a mail without such a link. */
function linkOf({ kind, developer, to: address, data }: Email): Link | null {
  switch (kind) {
    case 'verify_email':
    case 'password_reset': {
      const { version, expires_at } = AccountLink.parse(data);
      const expiresAt = new Date(expires_at);
      return { kind, subject: developer ?? '', version: Number(version), address, expiresAt };
    }
    case 'invitation':
    case 'reactivated': {
      const { version, expires_at } = Invitation.parse(data);
      // Developers with a password, even a one-time one, need no link.
      if (version === undefined || expires_at === undefined) return null;
      const expiresAt = new Date(expires_at);
      return { kind: 'invitation', subject: developer ?? '', version: Number(version), address, expiresAt };
    }
    case 'email_changed': {
      const { undo_id, expires_at } = UndoLink.parse(data);
      // Earlier releases mailed no link.
      if (undo_id === undefined || expires_at === undefined) return null;
      return { kind, subject: undo_id, version: 0, address, expiresAt: new Date(expires_at) };
    }
    default:
      return null;
  }
}

const AccountLink = z.object({ version: z.string(), expires_at: z.string() });
const Invitation = AccountLink.partial();
const UndoLink = z.object({ undo_id: z.string().optional(), expires_at: z.string().optional() });

async function whyOver(em: EntityManager, link: Link, { developer, now }: At): Promise<string | null> {
  const stands =
    link.kind === 'email_changed'
      ? (await em.count(EmailUndo, { id: link.subject, undoneAt: null })) > 0
      : link.version === developer.linkVersion;
  if (!stands) return 'The link was used or replaced.';
  return link.expiresAt <= now ? 'The link has expired.' : null;
}

type At = { developer: Developer; now: Date };

async function whyDecided(em: EntityManager, approval: ApprovalId | null): Promise<string | null> {
  const pending = approval !== null && (await em.findOne(Approval, { id: approval, status: 'pending' }));
  return pending ? null : NOTHING_PENDING;
}
