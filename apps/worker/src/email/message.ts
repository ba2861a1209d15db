import { emailAddress } from '@gatehouse/contract/text';
import type { SendMailOptions } from 'nodemailer';
import type { Address } from '@gatehouse/process/setting-types';
import type { Mail } from './mailer.ts';

/** Control characters and all kinds of line breaks, which could end a header and inject another. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const oneLine = (text: string): string => text.replace(BREAKS, ' ').trim();

/**
 * The message for nodemailer. Addresses are objects instead of text, so that a comma cannot add a second recipient.
 * null if an address is invalid.
 */
export function toMessage(mail: Mail, mailFrom: Address): SendMailOptions | null {
  const from = mail.from ?? mailFrom;
  if (!emailAddress.safeParse(from.email).success || !emailAddress.safeParse(mail.to).success) return null;
  return {
    from: { name: oneLine(from.name), address: from.email },
    to: { name: '', address: mail.to },
    subject: oneLine(mail.subject),
    date: mail.date,
    messageId: oneLine(mail.messageId),
    text: mail.text,
    html: mail.html,
    headers: {
      // Suppresses out-of-office replies (RFC 3834; the second header is for Exchange).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
