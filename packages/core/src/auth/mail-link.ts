import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { findAddressOwner } from '../developer/address-owner.ts';
import { queueEmail } from '../email/queue-email.ts';
import { LINK_TERM, type LinkKind } from '../email/signed-link.ts';

type To = { portal: Portal; developer: Pick<Developer, 'id' | 'linkVersion' | 'username'>; email: string };

/** Queues a mail with a link that grants access. The row stores the parts of the link, never the link itself. */
export function mailLink(
  scope: Scope,
  event: Event,
  { kind, portal, developer, email }: To & { kind: Exclude<LinkKind, 'email_changed' | 'invitation'> },
): void {
  queueEmail(scope, event, {
    kind,
    to: email,
    portal,
    about: { developer: developer.id },
    data: {
      username: developer.username,
      version: String(developer.linkVersion),
      expires_at: new Date(scope.now.getTime() + LINK_TERM[kind]).toISOString(),
    },
  });
}

/**
 * Mails a link to confirm the address. If another account owns the address, its owner gets a notice without a link
 * instead. Both cost the same, so that the caller cannot tell them apart.
 */
export async function mailConfirmation(scope: Scope, event: Event, to: To): Promise<void> {
  const { portal, developer, email } = to;
  const owner = await findAddressOwner(scope, { portal, email, except: developer.id });
  if (owner === null) mailLink(scope, event, { kind: 'verify_email', ...to });
  else
    queueEmail(scope, event, {
      kind: 'email_existing',
      to: owner,
      portal,
      about: { developer: developer.id },
      data: {},
    });
}
