import { fieldError } from '@gatehouse/contract/errors';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../command.ts';
import { assertEmailDomainAllowed } from '../developer/email-domain.ts';
import { assertUsernameStaysOwn } from '../developer/new-developer.ts';
import { queueEmail } from '../email/queue-email.ts';
import { findPortal } from '../portal/find-portal.ts';
import { mailLink } from '../session/mail-link.ts';

/** The new address is mailed a link that confirms it, and the one before, if it was the developer's own, is told. */
export async function changeOwnEmail(scope: Scope, event: Event, { developer, email }: Change): Promise<void> {
  const portal = await findPortal(scope.em, developer.portal);
  assertUsernameStaysOwn(developer.username, email);
  if (email === null) assertNoEmailNeeded(portal);
  else assertEmailDomainAllowed(portal, email);
  const { email: before, emailVerified, emailSetByAdmin, username } = developer;
  developer.chooseEmail(email);
  if (email !== null) mailLink(scope, event, { kind: 'verify_email', portal, developer, email });
  if (before && (emailVerified || emailSetByAdmin))
    queueEmail(scope, event, {
      kind: 'email_changed',
      to: before,
      portal,
      about: { developer: developer.id },
      data: { username },
    });
}

type Change = { developer: Developer; email: string | null };

/** Without an address nobody would get in any more, or whoever was let in for its domain would stay without it. */
function assertNoEmailNeeded({ settings }: Portal): void {
  if (settings.require_verified_email || settings.allowed_email_domains.length > 0)
    throw fieldError('invalid_input', 'email', 'This portal needs an email address.');
}
