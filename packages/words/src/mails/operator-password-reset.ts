import { z } from 'zod';
import { defineMail, link } from './mail.ts';
import { de, en } from './phrases.ts';

export const operatorPasswordReset = defineMail({
  data: z.object({ link, expires_at: z.string() }),
  en: {
    subject: ({ portal }) => `Reset your password for the ${portal} console`,
    body: ({ portal, link: url, expires_at }) => [
      `We received a request to reset your password for the ${portal} console.`,
      { link: url, label: 'Choose a new password' },
      en.worksOnce(expires_at),
      'If you did not request this, you can ignore this email. Your password stays the same.',
    ],
  },
  de: {
    subject: ({ portal }) => `Neues Passwort für die Konsole von ${portal}`,
    body: ({ portal, link: url, expires_at }) => [
      `Wir haben eine Anfrage erhalten, Ihr Passwort für die Konsole von ${portal} zurückzusetzen.`,
      { link: url, label: 'Neues Passwort wählen' },
      de.worksOnce(expires_at),
      'Wenn Sie das nicht angefordert haben, können Sie diese E-Mail ignorieren. Ihr Passwort bleibt unverändert.',
    ],
  },
});
