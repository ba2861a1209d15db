import { z } from 'zod';
import { defineMail } from './mail.ts';
import { de, en } from './phrases.ts';

export const subscriptionPending = defineMail({
  data: z.object({ username: z.string(), application: z.string(), api_product: z.string(), approval_url: z.string() }),
  en: {
    subject: ({ api_product }) => `Subscription awaiting approval: ${api_product}`,
    body: ({ username, application, api_product, portal, approval_url }) => [
      `${username} wants to subscribe the application “${application}” to ${api_product} at ${portal}.`,
      en.decide(approval_url),
    ],
  },
  de: {
    subject: ({ api_product }) => `Neues Abonnement zur Freigabe: ${api_product}`,
    body: ({ username, application, api_product, portal, approval_url }) => [
      `${username} möchte ${api_product} bei ${portal} für die Anwendung „${application}“ abonnieren.`,
      de.decide(approval_url),
    ],
  },
});
