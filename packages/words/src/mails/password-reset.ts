import { z } from 'zod';
import { defineMail, link } from './mail.ts';
import { de, en } from './phrases.ts';

export const passwordReset = defineMail({
  data: z.object({ username: z.string(), link, expires_at: z.string() }),
  en: {
    subject: () => 'Reset your password',
    body: ({ username, portal, link: url, expires_at }) => [
      `We received a request to reset the password of your account “${username}” at ${portal}.`,
      { link: url, label: 'Choose a new password' },
      en.worksOnce(expires_at),
      'If you did not request this, you can ignore this email. Your password stays the same.',
    ],
  },
  de: {
    subject: () => 'Neues Passwort wählen',
    body: ({ username, portal, link: url, expires_at }) => [
      `wir haben eine Anfrage erhalten, das Passwort Ihres Kontos „${username}“ bei ${portal} zurückzusetzen.`,
      { link: url, label: 'Neues Passwort wählen' },
      de.worksOnce(expires_at),
      'Wenn Sie das nicht angefordert haben, können Sie diese E-Mail ignorieren. Ihr Passwort bleibt unverändert.',
    ],
  },
});
