import type { EmailId } from '@gatehouse/contract/ids';
import { DEVELOPER_STATES, type DeveloperState } from '@gatehouse/contract/developer';
import type { EmailKind } from '@gatehouse/contract/email';
import { MAILS } from '@gatehouse/words/mails';
import { renderHtml, renderText } from '@gatehouse/words/mails/render';
import { z } from 'zod';
import type { Context } from '../kernel/context.ts';
import { consoleOf, frontEndOf } from '../portal/front-end.ts';
import { type EmailContent, type EmailFacts, readContents } from './email-content.ts';
import { linkUrl, type Link } from './signed-link.ts';

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

/** `faulty`: the program failed to compose the mail. */
export type Composition = ComposedEmail | { kind: 'faulty'; error: unknown };

/**
 * Composes mails from current records for each attempt. `unwanted` means that the content of the mail is no longer true.
 * A mail that cannot be composed does not affect the others.
 */
export async function composeEmails(
  { em, now, settings }: Pick<Context, 'em' | 'now' | 'settings'>,
  ids: readonly EmailId[],
): Promise<Map<EmailId, Composition>> {
  const { contents, facts } = await readContents(em, ids);
  const composing = { now, settings, facts };
  return new Map(contents.map((email) => [email.id, composedOrFaulty(composing, email)]));
}

type Composing = Pick<Context, 'now' | 'settings'> & { facts: EmailFacts };

function composedOrFaulty(composing: Composing, email: EmailContent): Composition {
  try {
    return compose(composing, email);
  } catch (error) {
    return { kind: 'faulty', error };
  }
}

function compose(composing: Composing, email: EmailContent): ComposedEmail {
  const { now, settings, facts } = composing;
  const reason = whyUnwanted(composing, email);
  if (reason !== null) return { kind: 'unwanted', reason };
  const link = linkOf(email);
  const { locale, subject, slug, publicUrl } = email;
  const base = slug === null ? consoleOf(settings) : frontEndOf(settings, { slug, publicUrl });
  const { blocks } = MAILS[email.kind](locale, {
    ...email.data,
    ...(link === null ? {} : { link: linkUrl(settings, base, link) }),
    ...(email.kind === 'subscriptions_pending' ? facts.digests.get(email.portalId ?? '') : {}),
  });
  return {
    kind: 'mail',
    messageId: email.messageId,
    date: now,
    from: email.settings?.sender ?? null,
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

const TO_OPERATORS: ReadonlySet<EmailKind> = new Set(['operator_invitation', 'operator_password_reset']);

/** The states of the developer in which a mail is still true. Null for mails that are not about a living developer. */
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
  operator_invitation: null,
  operator_password_reset: null,
};

function whyUnwanted({ facts, now }: Composing, email: EmailContent): string | null {
  const states = TRUE_WHILE[email.kind];
  if (states !== null && email.state === null) return 'The developer has been deleted.';
  if (states !== null && email.state !== null && !states.includes(email.state))
    return `The developer is now ${email.state}.`;
  if (TO_APPROVERS.has(email.kind) && !email.settings?.approver_emails.includes(email.to))
    return 'The recipient is no longer an approver of the portal.';
  if (!isStillPending(facts, email)) return 'The decision is no longer pending.';
  const operator = facts.operators.get(email.data['operator_id'] ?? '');
  if (TO_OPERATORS.has(email.kind) && !operator) return 'The operator has been deleted.';
  if (operator?.state === 'disabled') return 'The operator is disabled.';
  const link = linkOf(email);
  if (link === null) return null;
  const { linkVersion } = operator ?? email;
  const stands = link.kind === 'email_changed' ? facts.openUndos.has(link.subject) : link.version === linkVersion;
  if (!stands) return 'The link was used or replaced.';
  return link.expiresAt <= now ? 'The link has expired.' : null;
}

/** True for mails that are not about a pending subscription. */
function isStillPending(facts: EmailFacts, { kind, data, portalId }: EmailContent): boolean {
  if (kind === 'subscription_pending') return facts.pendingApprovals.has(data['approval_id'] ?? '');
  return kind !== 'subscriptions_pending' || facts.digests.has(portalId ?? '');
}

/** The stored parts of a link that grants access. Null for a mail without such a link. */
function linkOf({ kind, developer, to: address, data }: EmailContent): Link | null {
  switch (kind) {
    case 'verify_email':
    case 'password_reset': {
      const { version, expires_at } = AccountLink.parse(data);
      const expiresAt = new Date(expires_at);
      return { kind, subject: developer ?? '', version: Number(version), address, expiresAt };
    }
    case 'operator_invitation':
    case 'operator_password_reset': {
      const { operator_id, version, expires_at } = OperatorLink.parse(data);
      return { kind, subject: operator_id, version: Number(version), address, expiresAt: new Date(expires_at) };
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
const OperatorLink = AccountLink.extend({ operator_id: z.string() });
const Invitation = AccountLink.partial();
const UndoLink = z.object({ undo_id: z.string().optional(), expires_at: z.string().optional() });
