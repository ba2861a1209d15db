import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

type Reply = { code: number; text: string };
/** For each recipient, the server accepts the mail, closes the connection in mid-message, never answers, or rejects it. */
type Treatment = 'take' | 'drop' | 'never answer' | Reply;

export type SmtpSink = AsyncDisposable & {
  url: string;
  port: number;
  /** The accepted mails. */
  mails: ParsedMail[];
  /** Recipients of all attempts, accepted or not. */
  attempts: string[];
  treat(recipient: string, treatment: Treatment): void;
  to(recipient: string): ParsedMail[];
};

/** Starts a mail server that keeps the mails it accepts. It rejects every sign-in with a reply that contains the password. */
export async function startSmtpSink(port = 0): Promise<SmtpSink> {
  const mails: ParsedMail[] = [];
  const attempts: string[] = [];
  const treatments = new Map<string, Treatment>();
  const treatmentOf = (recipient = ''): Treatment => treatments.get(recipient) ?? 'take';
  async function keep(stream: Readable, done: (error?: Error) => void): Promise<void> {
    mails.push(await simpleParser(stream));
    done();
  }
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    // In milliseconds. Clients keep idle connections open, and tests should not wait for them.
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, callback) =>
      callback(refusal({ code: 535, text: `5.7.8 no ${String(username)} with ${String(password)}` })),
    onRcptTo({ address }, _session, callback) {
      attempts.push(address);
      const treatment = treatmentOf(address);
      callback(typeof treatment === 'object' ? refusal(treatment) : undefined);
    },
    onData(stream, session, callback) {
      const treatment = treatmentOf(session.envelope.rcptTo[0]?.address);
      if (treatment === 'drop') {
        // Only the connection of this mail, because others can be sending at the same time.
        const own = [...server.connections].filter(({ id }) => id === session.id);
        stream.once('data', () => own.forEach((connection) => connection._socket?.destroy()));
      } else if (treatment === 'never answer') stream.resume();
      else void keep(stream, callback);
    },
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${String(bound)}`,
    port: bound,
    mails,
    attempts,
    treat: (recipient, treatment) => void treatments.set(recipient, treatment),
    to: (recipient) => mails.filter((mail) => JSON.stringify(mail.to).includes(recipient)),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const refusal = ({ code, text }: Reply): Error => Object.assign(new Error(text), { responseCode: code });
