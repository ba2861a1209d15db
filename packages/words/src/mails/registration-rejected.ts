import { z } from 'zod';
import { defineMail, reason } from './mail.ts';
import { de, en } from './phrases.ts';

export const registrationRejected = defineMail({
  data: z.object({ reason }),
  en: {
    subject: ({ portal }) => `Your registration at ${portal} was declined`,
    body: (data) => [
      `Your registration at ${data.portal} was declined.`,
      ...en.reason(data.reason),
      'Your details are being deleted.',
    ],
  },
  de: {
    subject: ({ portal }) => `Ihre Registrierung bei ${portal} wurde abgelehnt`,
    body: (data) => [
      `Ihre Registrierung bei ${data.portal} wurde abgelehnt.`,
      ...de.reason(data.reason),
      'Ihre Angaben werden gelöscht.',
    ],
  },
});
