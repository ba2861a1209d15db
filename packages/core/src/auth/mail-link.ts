import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { findAddressOwner } from '../developer/address-owner.ts';
import { queueEmail } from '../email/queue-email.ts';
import { LINK_TERM, type AccountLinkKind } from '../email/signed-link.ts';

type Reader = Pick<Developer, 'id' | 'linkVersion' | 'username' | 'name' | 'locale'>;
type To = { portal: Portal; developer: Reader; email: string };

/** Queues a mail with a link that grants access. The row stores the parts of the link, never the link itself. */
export function mailLink(
  scope: Scope,
  event: Event,
  { kind, portal, developer, email }: To & { kind: Exclude<AccountLinkKind, 'invitation'> },
): void {
  const { id, username, name, locale, linkVersion } = developer;
  const expires_at = new Date(scope.now.getTime() + LINK_TERM[kind]).toISOString();
  // Until it is confirmed, the address may belong to a stranger. A name would let an attacker send them text.
  const reader = kind === 'verify_email' ? { name: null, locale } : { name, locale };
  const data = { username, version: String(linkVersion), expires_at };
  queueEmail(scope, event, { kind, to: email, portal, about: { developer: id }, reader, data });
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
      to: owner.email,
      portal,
      about: { developer: developer.id },
      // The mail belongs to the other account, and would keep the owner's name after the owner's erasure.
      reader: { name: null, locale: owner.locale },
      data: {},
    });
}
