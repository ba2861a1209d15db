import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Email } from '@gatehouse/db/entities/email.entity';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import { renderHtml, renderText } from './template.ts';
import { TEMPLATES } from './templates.ts';

export type ComposedEmail =
  | {
      kind: 'mail';
      messageId: string;
      from: { name: string; email: string } | null;
      to: string;
      subject: string;
      text: string;
      html: string;
    }
  | { kind: 'unwanted'; reason: string };

/** The whole mail, read anew for each attempt; `unwanted` where what it says is no longer true. */
export async function composeEmail(em: EntityManager, emailId: string): Promise<ComposedEmail> {
  const fork = em.fork();
  const email = await fork.findOneOrFail(Email, emailId);
  const reason = await whyUnwanted(fork, email);
  if (reason !== null) return { kind: 'unwanted', reason };
  const portal = await fork.findOneOrFail(Portal, email.portal);
  const blocks = TEMPLATES[email.kind].body(email.data);
  return {
    kind: 'mail',
    messageId: email.messageId,
    from: portal.settings.sender,
    to: email.to,
    subject: email.subject,
    text: renderText(blocks),
    html: renderHtml(email.subject, blocks),
  };
}

async function whyUnwanted(em: EntityManager, email: Email): Promise<string | null> {
  switch (email.kind) {
    case 'registration_rejected':
      return null;
    case 'registration_accepted':
    case 'registration_pending':
    case 'registration_existing':
    case 'invitation': {
      const developer = email.developer ? await em.findOne(Developer, { id: email.developer, leftAt: null }) : null;
      return developer ? null : 'The developer has left since.';
    }
  }
}
