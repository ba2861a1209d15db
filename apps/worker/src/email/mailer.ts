import type { ComposedEmail } from '@gatehouse/core/email/compose-email';
import type { Delivery } from '@gatehouse/core/email/settle-emails';

export type Mail = Extract<ComposedEmail, { kind: 'mail' }>;

/** Sends or stores mails. Never rejects because of what a mail server does. */
export type Mailer = {
  deliver(emailId: string, mail: Mail, signal: AbortSignal): Promise<Delivery>;
  /** Deletes stored copies of mails whose ids `kept` does not return. */
  tidy(kept: (emailIds: string[]) => Promise<Set<string>>): Promise<void>;
  close(): void;
};
