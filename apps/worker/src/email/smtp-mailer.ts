import type { Delivery } from '@gatehouse/core/email/settle-emails';
import type { Address } from '@gatehouse/process/setting-types';
import { createTransport } from 'nodemailer';
import { createSemaphore } from '../semaphore.ts';
import type { Mailer } from './mailer.ts';
import { toMessage } from './message.ts';
import { redactor } from './redact.ts';
import { judgeReply, type Reply } from './smtp-replies.ts';

/** Milliseconds. */
type SmtpTimeouts = {
  connection: number;
  greeting: number;
  /** Without any data from the server. */
  socket: number;
  /** For the whole mail, because a server that sends a byte now and then is never silent. */
  total: number;
};

const TIMEOUTS: SmtpTimeouts = { connection: 10_000, greeting: 10_000, socket: 20_000, total: 90_000 };
const MAX_CONNECTIONS = 20;

type SmtpOptions = { smtpUrl: string; mailFrom: Address; timeouts?: SmtpTimeouts };

const INTERRUPTED: Delivery = { status: 'interrupted', reason: 'The worker stopped during this attempt.' };

export function createSmtpMailer({ smtpUrl, mailFrom, timeouts = TIMEOUTS }: SmtpOptions): Mailer {
  const transport = createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    // One retry, for a pooled connection that the server closed before any of the mail was sent.
    maxRequeues: 1,
    logger: false,
  });
  const redact = redactor(smtpUrl);
  const connections = createSemaphore(MAX_CONNECTIONS);
  return {
    async deliver(_emailId, mail, signal) {
      const message = toMessage(mail, mailFrom);
      if (message === null)
        return { status: 'failed', reason: 'The sender or recipient is not a valid email address.' };
      if (!(await connections.acquire(1, signal))) return INTERRUPTED;
      try {
        // The time of the mail begins here, so that it includes no wait for other mails.
        const limit = AbortSignal.timeout(timeouts.total);
        await transport.sendMail({ ...message, signal: AbortSignal.any([signal, limit]) });
        return { status: 'sent' };
      } catch (error) {
        if (signal.aborted) return INTERRUPTED;
        const { reply, message: what } = details(error);
        return { ...judgeReply(reply), reason: redact(reply?.text ?? what) };
      } finally {
        connections.release(1);
      }
    },
    // It stores no copies.
    tidy: () => Promise.resolve(),
    close: () => transport.close(),
  };
}

function details(error: unknown): { reply: Reply | null; message: string } {
  const has = (name: string): unknown => (error instanceof Error ? Reflect.get(error, name) : undefined);
  const [code, command, text] = [has('responseCode'), has('command'), has('response')];
  return {
    reply: typeof code === 'number' && typeof text === 'string' ? { code, text, command: String(command) } : null,
    message: error instanceof Error ? error.message : 'The mail could not be sent.',
  };
}
