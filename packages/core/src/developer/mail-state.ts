import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';
import { findPortal } from '../portal/find-portal.ts';
import { invitationOf } from './mail-invitation.ts';
import { suspensionOf } from './suspension.ts';

type Change = { kind: 'suspended' | 'reactivated'; developer: Developer };

/** Mails the developer that the account was suspended or reactivated, with the reason and the support address. */
export async function mailState(scope: Scope, event: Event, { kind, developer }: Change): Promise<void> {
  const { id, email } = developer;
  if (!email) return;
  const portal = await findPortal(scope.em, developer.portal);
  const data = { ...suspensionOf(portal, developer), ...(kind === 'reactivated' ? invitationOf(developer) : {}) };
  queueEmail(scope, event, { kind, to: email, portal, about: { developer: id }, reader: developer, data });
}
