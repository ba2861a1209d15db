import { formatTime } from '../format.ts';
import type { Block } from './mail.ts';

type Phrases = {
  /** A button that leads to the portal, if the portal has an address. */
  visit(portal: { portal: string; portal_url: string | null }): Block[];
  reason(text: string | null): Block[];
  contact(address: string | null): Block[];
  /** How approvers decide a request. */
  decide(approvalUrl: string): string;
  worksOnce(until: string): string;
};

/** Sentences that several mails share. */
export const en: Phrases = {
  visit: ({ portal, portal_url }) => (portal_url === null ? [] : [{ link: portal_url, label: `Go to ${portal}` }]),
  reason: (text) => (text === null || text === '' ? [] : [`Reason: ${text}`]),
  contact: (address) => (address === null ? [] : [`If you have questions, contact ${address}.`]),
  decide: (url) => `To approve the request, call POST ${url}/accept\nTo decline it, call POST ${url}/reject`,
  worksOnce: (until) => `The link works once, until ${formatTime('en', until)}.`,
};

export const de: Phrases = {
  visit: ({ portal, portal_url }) => (portal_url === null ? [] : [{ link: portal_url, label: `Zu ${portal}` }]),
  reason: (text) => (text === null || text === '' ? [] : [`Grund: ${text}`]),
  contact: (address) => (address === null ? [] : [`Bei Fragen wenden Sie sich an ${address}.`]),
  decide: (url) => `Annehmen: POST ${url}/accept\nAblehnen: POST ${url}/reject`,
  worksOnce: (until) => `Der Link funktioniert einmal, bis zum ${formatTime('de', until)}.`,
};
