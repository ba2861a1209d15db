import { z } from 'zod';
import { defineMail } from './mail.ts';
import { de, en } from './phrases.ts';

export const emailExisting = defineMail({
  data: z.object({}),
  en: {
    subject: ({ portal }) => `You already have an account at ${portal}`,
    body: (data) => [
      `Someone tried to use this email address for another account at ${data.portal}. It belongs to your account there, which has not changed.`,
      'If this was you, sign in to the account that has this address. If it was not you, you can ignore this email.',
      ...en.visit(data),
    ],
  },
  de: {
    subject: ({ portal }) => `Sie haben bereits ein Konto bei ${portal}`,
    body: (data) => [
      `jemand hat versucht, diese E-Mail-Adresse für ein anderes Konto bei ${data.portal} zu verwenden. Sie gehört zu Ihrem Konto dort. Daran hat sich nichts geändert.`,
      'Wenn Sie das waren, melden Sie sich mit dem Konto an, zu dem diese Adresse gehört. Wenn nicht, können Sie diese E-Mail ignorieren.',
      ...de.visit(data),
    ],
  },
});
