import { newId } from '@gatehouse/db/columns';
import { fieldError } from '@gatehouse/contract/errors';
import { comparable } from '@gatehouse/db/comparable';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { EmailUndo } from '@gatehouse/db/entities/email-undo.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { assertEmailDomainAllowed } from '../developer/email-domain.ts';
import { assertUsernameStaysOwn } from '../developer/new-developer.ts';
import { queueEmail } from '../email/queue-email.ts';
import { findPortal } from '../portal/find-portal.ts';
import { mailConfirmation } from '../auth/mail-link.ts';
import { LINK_TERM } from '../email/signed-link.ts';

/**
 * A new address is pending until the link mailed to it is used. Null removes the current address immediately. The current
 * address, if verified, gets a link that undoes the change.
 */
export async function changeOwnEmail(scope: Scope, event: Event, { developer, email }: Change): Promise<void> {
  const portal = await findPortal(scope.em, developer.portal);
  assertUsernameStaysOwn(developer.username, email);
  if (email === null) assertNoEmailNeeded(portal);
  else assertEmailDomainAllowed(portal, email);
  const { email: before, emailVerified, emailSetByAdmin } = developer;
  if (email === null) developer.chooseEmail(null);
  else {
    developer.requestEmail(email);
    await mailConfirmation(scope, event, { portal, developer, email });
  }
  if (before && (emailVerified || emailSetByAdmin))
    await mailUndo(scope, event, { portal, developer, before, isRemoved: email === null });
}

type Change = { developer: Developer; email: string | null };

/** Removing the address could prevent signing in, or keep an account that only the address's domain had allowed. */
function assertNoEmailNeeded({ settings }: Portal): void {
  if (settings.require_verified_email || settings.allowed_email_domains.length > 0)
    throw fieldError('invalid_input', 'email', 'This portal requires an email address.');
}

type Undo = { portal: Portal; developer: Developer; before: string; isRemoved: boolean };

async function mailUndo(scope: Scope, event: Event, { portal, developer, before, isRemoved }: Undo): Promise<void> {
  const { id, expiresAt } = await rememberAddress(scope, developer, before);
  queueEmail(scope, event, {
    kind: 'email_changed',
    to: before,
    portal,
    about: { developer: developer.id },
    reader: developer,
    data: {
      username: developer.username,
      removed: isRemoved ? 'removed' : null,
      undo_id: id,
      expires_at: expiresAt.toISOString(),
    },
  });
}

/** Keeps one record per address, so that all its undo links work until the newest expires. */
async function rememberAddress({ em, now }: Scope, { id }: Developer, email: string): Promise<EmailUndo> {
  const emailKey = comparable(email);
  const expiresAt = new Date(now.getTime() + LINK_TERM.email_changed);
  const known = await em.findOne(EmailUndo, { developer: id, emailKey });
  // A link that was used stays used: another change gets a new record.
  if (known?.undoneAt) await em.nativeDelete(EmailUndo, { id: known.id });
  if (!known || known.undoneAt)
    return em.create(EmailUndo, { id: newId(), developer: id, email, emailKey, createdAt: now, expiresAt });
  known.email = email;
  known.expiresAt = expiresAt;
  return known;
}
