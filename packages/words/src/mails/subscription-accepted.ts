import { z } from 'zod';
import { defineMail } from './mail.ts';
import { de, en } from './phrases.ts';

export const subscriptionAccepted = defineMail({
  data: z.object({ application: z.string(), api_product: z.string() }),
  en: {
    subject: ({ api_product }) => `Your subscription to ${api_product} was approved`,
    body: (data) => [
      `Your subscription to ${data.api_product} at ${data.portal} was approved. The application “${data.application}” can call it now.`,
      ...en.visit(data),
    ],
  },
  de: {
    subject: ({ api_product }) => `Ihr Abonnement von ${api_product} wurde angenommen`,
    body: (data) => [
      `Ihr Abonnement von ${data.api_product} bei ${data.portal} wurde angenommen. Die Anwendung „${data.application}“ kann die API jetzt aufrufen.`,
      ...de.visit(data),
    ],
  },
});
