import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../command.ts';
import { queueEmail } from '../email/queue-email.ts';
import { newLink, type LinkKind } from './signed-link.ts';

type To = { portal: Portal; developer: Pick<Developer, 'id' | 'linkVersion' | 'username'>; email: string };

/** A mail with a link that carries authority. The row holds what the link is made of, never the link itself. */
export function mailLink(
  scope: Scope,
  event: Event,
  { kind, portal, developer, email }: To & { kind: LinkKind },
): void {
  const { version, expiresAt } = newLink(kind, developer, scope.now);
  queueEmail(scope, event, {
    kind,
    to: email,
    portal,
    about: { developer: developer.id },
    data: { username: developer.username, version: String(version), expires_at: expiresAt.toISOString() },
  });
}
