import { z } from 'zod';
import { formatTime } from '../format.ts';
import { defineMail, link, reason, type Block } from './mail.ts';
import { de, en } from './phrases.ts';

export const reactivated = defineMail({
  // A developer who has not accepted the invitation yet gets a new link with `version`, or keeps the one-time password.
  data: z.object({
    link,
    reason,
    support_email: z.string().nullable(),
    expires_at: z.string().nullable().default(null),
    version: z.string().nullable().default(null),
  }),
  en: {
    subject: ({ portal }) => `Your account at ${portal} is active again`,
    body: (data) => [
      `Your account at ${data.portal} is active again.`,
      ...en.reason(data.reason),
      ...start(data, {
        active: ['You can sign in, and your keys work.', ...en.visit(data)],
        byPassword: (until) => [
          `Sign in with the one-time password that you were given. It works until ${formatTime('en', until)}.`,
          ...en.visit(data),
        ],
        byLink: (until) => [
          'To start using it, choose a password.',
          { link: data.link, label: 'Choose a password' },
          en.worksOnce(until),
        ],
      }),
      ...en.contact(data.support_email),
    ],
  },
  de: {
    subject: ({ portal }) => `Ihr Konto bei ${portal} ist wieder aktiv`,
    body: (data) => [
      `Ihr Konto bei ${data.portal} ist wieder aktiv.`,
      ...de.reason(data.reason),
      ...start(data, {
        active: ['Sie können sich anmelden, und Ihre Schlüssel funktionieren.', ...de.visit(data)],
        byPassword: (until) => [
          `Melden Sie sich mit dem Einmalpasswort an, das Sie erhalten haben. Es gilt bis zum ${formatTime('de', until)}.`,
          ...de.visit(data),
        ],
        byLink: (until) => [
          'Um es zu nutzen, wählen Sie ein Passwort.',
          { link: data.link, label: 'Passwort wählen' },
          de.worksOnce(until),
        ],
      }),
      ...de.contact(data.support_email),
    ],
  },
});

type Data = { expires_at: string | null; version: string | null };
type Start = { active: Block[]; byPassword(until: string): Block[]; byLink(until: string): Block[] };

/** How the developer can use the account, which depends on whether the invitation was accepted. */
function start({ expires_at, version }: Data, { active, byPassword, byLink }: Start): Block[] {
  if (expires_at === null) return active;
  return version === null ? byPassword(expires_at) : byLink(expires_at);
}
