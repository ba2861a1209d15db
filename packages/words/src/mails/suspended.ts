import { z } from 'zod';
import { defineMail, reason } from './mail.ts';
import { de, en } from './phrases.ts';

export const suspended = defineMail({
  data: z.object({ reason, support_email: z.string().nullable() }),
  en: {
    subject: ({ portal }) => `Your account at ${portal} is suspended`,
    body: (data) => [
      `Your account at ${data.portal} is suspended. You can’t sign in, and your keys don’t work.`,
      ...en.reason(data.reason),
      ...en.contact(data.support_email),
    ],
  },
  de: {
    subject: ({ portal }) => `Ihr Konto bei ${portal} ist gesperrt`,
    body: (data) => [
      `Ihr Konto bei ${data.portal} ist gesperrt. Sie können sich nicht anmelden, und Ihre Schlüssel funktionieren nicht.`,
      ...de.reason(data.reason),
      ...de.contact(data.support_email),
    ],
  },
});
