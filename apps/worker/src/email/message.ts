import { emailAddress } from '@gatehouse/contract/text';
import type { SendMailOptions } from 'nodemailer';
import type { Address } from '@gatehouse/process/setting-types';
import type { Mail } from './mailer.ts';

/** Control characters and line breaks of every kind: what could end a header and begin another. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const oneLine = (text: string): string => text.replace(BREAKS, ' ').trim();

/**
 * The message as nodemailer takes it. Addresses are passed as objects, never as text, so that a comma in one cannot
 * become a second recipient. Null where an address is none.
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
      // RFC 3834, and what Exchange knows instead: no out-of-office notes in return.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
