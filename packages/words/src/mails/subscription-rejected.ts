import { z } from 'zod';
import { defineMail, reason } from './mail.ts';
import { de, en } from './phrases.ts';

export const subscriptionRejected = defineMail({
  data: z.object({ application: z.string(), api_product: z.string(), reason }),
  en: {
    subject: ({ api_product }) => `Your subscription to ${api_product} was declined`,
    body: (data) => [
      `Your request to subscribe the application “${data.application}” to ${data.api_product} at ${data.portal} was declined.`,
      ...en.reason(data.reason),
      'You can submit a new request.',
      ...en.visit(data),
    ],
  },
  de: {
    subject: ({ api_product }) => `Ihr Abonnement von ${api_product} wurde abgelehnt`,
    body: (data) => [
      `Ihre Anfrage, ${data.api_product} bei ${data.portal} für die Anwendung „${data.application}“ zu abonnieren, wurde abgelehnt.`,
      ...de.reason(data.reason),
      'Sie können eine neue Anfrage stellen.',
      ...de.visit(data),
    ],
  },
});
