import { z } from 'zod';
import { defineMail } from './mail.ts';
import { de, en } from './phrases.ts';

export const registrationAccepted = defineMail({
  data: z.object({}),
  en: {
    subject: ({ portal }) => `Your registration at ${portal} was approved`,
    body: (data) => [
      `Your registration at ${data.portal} was approved. Your account is now active.`,
      ...en.visit(data),
    ],
  },
  de: {
    subject: ({ portal }) => `Ihre Registrierung bei ${portal} wurde angenommen`,
    body: (data) => [
      `Ihre Registrierung bei ${data.portal} wurde angenommen. Ihr Konto ist jetzt aktiv.`,
      ...de.visit(data),
    ],
  },
});
