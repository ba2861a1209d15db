import { z } from 'zod';
import { defineMail } from './mail.ts';
import { de, en } from './phrases.ts';

export const registrationPending = defineMail({
  data: z.object({ username: z.string(), approval_url: z.string() }),
  en: {
    subject: ({ username }) => `Registration awaiting approval: ${username}`,
    body: ({ username, portal, approval_url }) => [
      `${username} has registered at ${portal} and is awaiting your approval.`,
      en.decide(approval_url),
    ],
  },
  de: {
    subject: ({ username }) => `Neue Registrierung zur Freigabe: ${username}`,
    body: ({ username, portal, approval_url }) => [
      `${username} hat sich bei ${portal} registriert und wartet auf Ihre Freigabe.`,
      de.decide(approval_url),
    ],
  },
});
