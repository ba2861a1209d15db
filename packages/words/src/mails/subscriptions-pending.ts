import { z } from 'zod';
import { defineMail } from './mail.ts';

/** What a line of the list says. */
export type PendingRequest = z.output<typeof Request>;
const Request = z.object({ applicant: z.string(), application: z.string(), product: z.string(), id: z.string() });

export const subscriptionsPending = defineMail({
  // The list is made when the mail is sent; the delivery log has none.
  data: z.object({
    approvals_url: z.string(),
    pending: z.array(Request).nullable().default(null),
    hasMore: z.boolean().default(false),
  }),
  en: {
    subject: ({ portal }) => `Subscriptions awaiting approval at ${portal}`,
    body: ({ portal, approvals_url, pending, hasMore }) => [
      `These subscriptions at ${portal} are awaiting your approval. Requests that arrive shortly after one another come in one email.`,
      pending === null
        ? '[pending requests]'
        : [
            ...pending.map((one) => `${one.applicant}: ${one.application} to ${one.product} (approval ${one.id})`),
            ...(hasMore ? ['More requests are pending.'] : []),
          ].join('\n'),
      `To list all of them, call GET ${approvals_url}`,
    ],
  },
  de: {
    subject: ({ portal }) => `Neue Abonnements zur Freigabe bei ${portal}`,
    body: ({ portal, approvals_url, pending, hasMore }) => [
      `diese Abonnements bei ${portal} warten auf Ihre Freigabe. Anfragen, die kurz nacheinander eingehen, kommen in einer E-Mail.`,
      pending === null
        ? '[offene Anfragen]'
        : [
            ...pending.map((one) => `${one.applicant}: ${one.product} für ${one.application} (Freigabe ${one.id})`),
            ...(hasMore ? ['Es gibt weitere offene Anfragen.'] : []),
          ].join('\n'),
      `Alle auflisten: GET ${approvals_url}`,
    ],
  },
});
