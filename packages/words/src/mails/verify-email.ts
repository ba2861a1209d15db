import { z } from 'zod';
import { defineMail, link } from './mail.ts';
import { de, en } from './phrases.ts';

/** Names no person, because an attacker who registers could use the name to write to strangers. */
export const verifyEmail = defineMail({
  data: z.object({ link, expires_at: z.string() }),
  en: {
    subject: () => 'Confirm your email address',
    body: ({ portal, link: url, expires_at }) => [
      `Please confirm that you want to use this email address at ${portal}.`,
      { link: url, label: 'Confirm email address' },
      en.worksOnce(expires_at),
      `If you did not enter this address at ${portal}, you can ignore this email.`,
    ],
  },
  de: {
    subject: () => 'Bestätigen Sie Ihre E-Mail-Adresse',
    body: ({ portal, link: url, expires_at }) => [
      `bitte bestätigen Sie, dass Sie diese E-Mail-Adresse bei ${portal} verwenden möchten.`,
      { link: url, label: 'E-Mail-Adresse bestätigen' },
      de.worksOnce(expires_at),
      `Wenn Sie diese Adresse nicht bei ${portal} angegeben haben, können Sie diese E-Mail ignorieren.`,
    ],
  },
});
