import type { ComposedEmail } from '@gatehouse/core/email/compose-email';
import type { Delivery } from '@gatehouse/core/email/settle-email';

export type Mail = Extract<ComposedEmail, { kind: 'mail' }>;

/** Where mail goes. Never rejects for what a mail server says or does. */
export type Mailer = {
  deliver(emailId: string, mail: Mail, signal: AbortSignal): Promise<Delivery>;
  /** Forgets the copies of mails that `kept`, asked for their ids, no longer names. */
  tidy(kept: (emailIds: string[]) => Promise<Set<string>>): Promise<void>;
  close(): void;
};
