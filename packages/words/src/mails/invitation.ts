import { z } from 'zod';
import { formatTime } from '../format.ts';
import { defineMail, link } from './mail.ts';
import { de, en } from './phrases.ts';

export const invitation = defineMail({
  // Without `version`, the mail has no link: the developer was given a one-time password.
  data: z.object({ username: z.string(), link, expires_at: z.string(), version: z.string().optional() }),
  en: {
    subject: ({ portal }) => `You are invited to ${portal}`,
    body: (data) => [
      `You have been invited to ${data.portal}. Your username is ${data.username}.`,
      ...(data.version === undefined
        ? [
            `The person who invited you will give you a one-time password. It works until ${formatTime('en', data.expires_at)}. You choose your own password when you first sign in.`,
            ...en.visit(data),
          ]
        : [{ link: data.link, label: 'Choose a password' }, en.worksOnce(data.expires_at)]),
      'If you did not expect this invitation, you can ignore this email.',
    ],
  },
  de: {
    subject: ({ portal }) => `Einladung zu ${portal}`,
    body: (data) => [
      `Sie wurden zu ${data.portal} eingeladen. Ihr Benutzername ist ${data.username}.`,
      ...(data.version === undefined
        ? [
            `Die Person, die Sie eingeladen hat, gibt Ihnen ein Einmalpasswort. Es gilt bis zum ${formatTime('de', data.expires_at)}. Bei der ersten Anmeldung wählen Sie ein eigenes Passwort.`,
            ...de.visit(data),
          ]
        : [{ link: data.link, label: 'Passwort wählen' }, de.worksOnce(data.expires_at)]),
      'Wenn Sie diese Einladung nicht erwartet haben, können Sie diese E-Mail ignorieren.',
    ],
  },
});
