import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';

type InvitationMail = { portal: Portal; developer: Developer; email: string };

/** The mail has a link to choose a password, unless the developer got a one-time password. */
export function mailInvitation(scope: Scope, event: Event, { portal, developer, email }: InvitationMail): void {
  const { id, username, passwordHash, linkVersion, oneTimePasswordExpiresAt } = developer;
  if (!oneTimePasswordExpiresAt) throw new Error(`the developer ${id} has no invitation`);
  const hasPassword = (passwordHash ?? null) !== null;
  const data = {
    username,
    expires_at: oneTimePasswordExpiresAt.toISOString(),
    ...(hasPassword ? {} : { version: String(linkVersion) }),
  };
  queueEmail(scope, event, { kind: 'invitation', to: email, portal, about: { developer: id }, data });
}
