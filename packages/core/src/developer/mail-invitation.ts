import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';

type InvitationMail = { portal: Portal; developer: Developer; email: string };

/** The mail has a link to choose a password, unless the developer got a one-time password. */
export function mailInvitation(scope: Scope, event: Event, { portal, developer, email }: InvitationMail): void {
  const { id, username } = developer;
  const data = { username, ...invitationOf(developer) };
  queueEmail(scope, event, {
    kind: 'invitation',
    to: email,
    portal,
    about: { developer: id },
    reader: developer,
    data,
  });
}

/** The term of an invitation that was not accepted yet, and the version of its link if it has one. */
export function invitationOf({ oneTimePasswordExpiresAt, passwordHash, linkVersion }: Developer) {
  if (!oneTimePasswordExpiresAt) return {};
  const expires_at = oneTimePasswordExpiresAt.toISOString();
  return (passwordHash ?? null) === null ? { expires_at, version: String(linkVersion) } : { expires_at };
}
