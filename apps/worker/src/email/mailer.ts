import type { ComposedEmail } from '@gatehouse/core/email/compose-email';

export type Mail = Extract<ComposedEmail, { kind: 'mail' }>;

/**
 * What became of one attempt. `queued`: to be tried again; `refusesUs`: because the server refuses this service, whatever
 * the mail. `interrupted`: by the end of the process. The reason is bounded and free of secrets.
 */
export type Delivery =
  | { status: 'sent' }
  | { status: 'suppressed'; reason: string | null }
  | { status: 'failed' | 'interrupted'; reason: string }
  | { status: 'queued'; reason: string; refusesUs: boolean };

/** Where mail goes. Never rejects for what a mail server says or does. */
export type Mailer = {
  deliver(emailId: string, mail: Mail, signal: AbortSignal): Promise<Delivery>;
  /** Forgets the copies of mails that `kept`, asked for their ids, no longer names. */
  tidy(kept: (emailIds: string[]) => Promise<Set<string>>): Promise<void>;
  close(): void;
};
