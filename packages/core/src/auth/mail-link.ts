import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { findAddressOwner } from '../developer/address-owner.ts';
import { queueEmail } from '../email/queue-email.ts';
import { LINK_TERM, type LinkKind } from '../email/signed-link.ts';

type To = { portal: Portal; developer: Pick<Developer, 'id' | 'linkVersion' | 'username'>; email: string };

/** A mail with a link that carries authority. The row holds what the link is made of, never the link itself. */
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
 * Asks the reader of an address whether it is the developer's. The owner of an address that is another account's is told
 * instead, without a link. Both cost the same, so that the caller learns nothing.
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
