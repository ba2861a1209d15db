import { z } from 'zod';
import { defineMail, link } from './mail.ts';
import { de, en } from './phrases.ts';

export const operatorInvitation = defineMail({
  data: z.object({ link, expires_at: z.string() }),
  en: {
    subject: ({ portal }) => `You are invited to the ${portal} console`,
    body: ({ portal, link: url, expires_at }) => [
      `You have been invited to work on developer portals in the ${portal} console. Choose a password to get started. You sign in with this email address.`,
      { link: url, label: 'Choose a password' },
      en.worksOnce(expires_at),
      'If you did not expect this invitation, you can ignore this email.',
    ],
  },
  de: {
    subject: ({ portal }) => `Einladung zur Konsole von ${portal}`,
    body: ({ portal, link: url, expires_at }) => [
      `Sie wurden eingeladen, in der Konsole von ${portal} an Entwicklerportalen mitzuarbeiten. Wählen Sie zuerst ein Passwort. Sie melden sich mit dieser E-Mail-Adresse an.`,
      { link: url, label: 'Passwort wählen' },
      de.worksOnce(expires_at),
      'Wenn Sie diese Einladung nicht erwartet haben, können Sie diese E-Mail ignorieren.',
    ],
  },
});
