import { z } from 'zod';
import { defineMail } from './mail.ts';
import { de, en } from './phrases.ts';

export const registrationExisting = defineMail({
  data: z.object({}),
  en: {
    subject: ({ portal }) => `You already have an account at ${portal}`,
    body: (data) => [
      `Someone tried to register at ${data.portal} with this email address. You already have an account there, and it has not changed.`,
      'If this was you, sign in to your existing account or request a new password. If it was not you, you can ignore this email.',
      ...en.visit(data),
    ],
  },
  de: {
    subject: ({ portal }) => `Sie haben bereits ein Konto bei ${portal}`,
    body: (data) => [
      `jemand hat versucht, sich mit dieser E-Mail-Adresse bei ${data.portal} zu registrieren. Sie haben dort bereits ein Konto. Daran hat sich nichts geändert.`,
      'Wenn Sie das waren, melden Sie sich mit Ihrem bestehenden Konto an oder fordern Sie ein neues Passwort an. Wenn nicht, können Sie diese E-Mail ignorieren.',
      ...de.visit(data),
    ],
  },
});
