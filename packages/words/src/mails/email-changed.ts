import { z } from 'zod';
import { formatTime } from '../format.ts';
import { defineMail, link, type Block } from './mail.ts';

/** Does not name the new address, which may belong to someone else. */
export const emailChanged = defineMail({
  data: z.object({
    link,
    removed: z.string().nullable().default(null),
    // Mails of earlier releases have no link.
    expires_at: z.string().nullable().default(null),
  }),
  en: {
    subject: ({ removed }) =>
      removed === null ? 'Your email address is being changed' : 'Your email address was removed',
    body: ({ portal, removed, link: url, expires_at }) => [
      removed === null
        ? `We received a request to change the email address of your account at ${portal}. This address stays in use until the new one is confirmed.`
        : `This email address was removed from your account at ${portal}. We no longer send email about the account to it.`,
      ...(expires_at === null ? [] : undoEn(url, expires_at)),
    ],
  },
  de: {
    subject: ({ removed }) =>
      removed === null ? 'Ihre E-Mail-Adresse wird geändert' : 'Ihre E-Mail-Adresse wurde entfernt',
    body: ({ portal, removed, link: url, expires_at }) => [
      removed === null
        ? `wir haben eine Anfrage erhalten, die E-Mail-Adresse Ihres Kontos bei ${portal} zu ändern. Diese Adresse gilt weiter, bis die neue bestätigt ist.`
        : `diese E-Mail-Adresse wurde aus Ihrem Konto bei ${portal} entfernt. Wir schicken keine E-Mails zu Ihrem Konto mehr dorthin.`,
      ...(expires_at === null ? [] : undoDe(url, expires_at)),
    ],
  },
});

const undoEn = (url: string, until: string): Block[] => [
  'If this was you, you can ignore this email. If it was not you, keep this address. That also signs you out everywhere.',
  { link: url, label: 'Keep this address' },
  `The link works until ${formatTime('en', until)}, even after the change has taken effect. Afterwards, set a new password, because someone may know your current one.`,
];

const undoDe = (url: string, until: string): Block[] => [
  'Wenn Sie das waren, können Sie diese E-Mail ignorieren. Wenn nicht, behalten Sie diese Adresse. Dabei werden Sie überall abgemeldet.',
  { link: url, label: 'Diese Adresse behalten' },
  `Der Link funktioniert bis zum ${formatTime('de', until)}, auch wenn die Änderung schon wirksam ist. Legen Sie danach ein neues Passwort fest, denn vielleicht kennt jemand Ihr bisheriges.`,
];
