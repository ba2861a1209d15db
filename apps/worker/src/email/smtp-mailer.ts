import { createTransport } from 'nodemailer';
import type { Address } from '@gatehouse/process/setting-types';
import type { Delivery, Mailer } from './mailer.ts';
import { toMessage } from './message.ts';
import { redactor } from './redact.ts';

/** Milliseconds. */
export type SmtpTimeouts = {
  connection: number;
  greeting: number;
  /** Without a byte from the server. */
  socket: number;
  /** Of one mail altogether: a server that sends a byte now and then is never silent. */
  total: number;
};

const TIMEOUTS: SmtpTimeouts = { connection: 10_000, greeting: 10_000, socket: 20_000, total: 90_000 };
/** As many as there are `deliver-email` jobs at work in a process: none waits for another's connection. */
const MAX_CONNECTIONS = 20;

type SmtpOptions = { smtpUrl: string; mailFrom: Address; timeouts?: SmtpTimeouts };

export function createSmtpMailer({ smtpUrl, mailFrom, timeouts = TIMEOUTS }: SmtpOptions): Mailer {
  const transport = createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    // Once, for a kept connection that the server has dropped before a byte of the mail was sent.
    maxRequeues: 1,
    logger: false,
  });
  const redact = redactor(smtpUrl);
  return {
    async deliver(_emailId, mail, signal) {
      const message = toMessage(mail, mailFrom);
      if (message === null) return { status: 'failed', reason: 'The address cannot be used in a mail.' };
      try {
        await transport.sendMail({
          ...message,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeouts.total)]),
        });
        return { status: 'sent' };
      } catch (error) {
        return { ...judge(error), reason: redact(describe(error)) };
      }
    },
    // It keeps no copies.
    tidy: () => Promise.resolve(),
    close: () => transport.close(),
  };
}

/** The steps at which a server speaks of this mail; at the others it speaks of us, and the next mail would fare alike. */
const ABOUT_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

/** RFC 5321, 4.2.1: 5yz is for good, 4yz for now. A 503 is about the order of commands, not about the mail. */
function judge(error: unknown): { status: Exclude<Delivery['status'], 'sent' | 'suppressed'> } {
  const { responseCode, command } = details(error);
  const permanent = responseCode !== null && responseCode >= 500 && responseCode !== 503;
  return { status: permanent && command !== null && ABOUT_THE_MAIL.has(command) ? 'failed' : 'queued' };
}

/** The server's own words where it spoke, else what happened to the connection. */
function describe(error: unknown): string {
  const { response, message } = details(error);
  return response ?? message;
}

function details(error: unknown) {
  const has = (name: string): unknown => (error instanceof Error ? Reflect.get(error, name) : undefined);
  const text = (name: string): string | null => {
    const value = has(name);
    return typeof value === 'string' ? value : null;
  };
  const code = has('responseCode');
  return {
    responseCode: typeof code === 'number' ? code : null,
    command: text('command'),
    response: text('response'),
    message: text('message') ?? 'The mail could not be sent.',
  };
}
