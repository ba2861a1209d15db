import type { Locale } from '@gatehouse/contract/locale';
import { z } from 'zod';

/** A paragraph, or a link that HTML shows as a button. */
export type Block = string | { link: string; label: string };

/**
 * Renders one kind of mail from the data of its row. `blocks` are rendered only when they are read: queueing needs the
 * subject alone, and rendering there would make calls for known addresses measurably slower than for unknown ones.
 */
export type Mail = (locale: Locale, data: unknown) => { subject: string; readonly blocks: Block[] };

/** `name` is the reader's; null for approvers, and for an address that may belong to a stranger. */
const Common = z.object({
  portal: z.string(),
  portal_url: z.string().nullable(),
  name: z.string().nullable().default(null),
});

type Words<Data> = { subject(data: Data): string; body(data: Data): Block[] };

/** A mail greets its reader, says what it has to say and is signed by `portal`: the portal, or Gatehouse for mails to operators. `data` lists what its row stores. */
export function defineMail<Own extends z.ZodObject>(
  mail: { data: Own } & Record<Locale, Words<z.output<typeof Common> & z.output<Own>>>,
): Mail {
  return (locale, raw) => {
    const data = { ...Common.parse(raw), ...mail.data.parse(raw) };
    const { subject, body } = mail[locale];
    return {
      subject: subject(data),
      get blocks() {
        return [greeting(locale, data.name), ...body(data), data.portal];
      },
    };
  };
}

const HELLO: Record<Locale, string> = { en: 'Hello', de: 'Guten Tag' };
const greeting = (locale: Locale, name: string | null): string => `${HELLO[locale]}${name === null ? '' : ` ${name}`},`;

/** Made when the mail is sent, because it carries authority: the delivery log shows `[link]`. */
export const link = z.string().default('[link]');
export const reason = z.string().nullable();
