import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** How the server treats a recipient: takes it, refuses for now or for good, or drops the line in mid-message. */
export type Treatment = 'take' | 'refuse for now' | 'refuse for good' | 'drop' | 'never answer';

export type Sink = AsyncDisposable & {
  url: string;
  mails: ParsedMail[];
  /** Recipients of every attempt, taken or not. */
  attempts: string[];
  treat(recipient: string, treatment: Treatment): void;
  to(recipient: string): ParsedMail[];
  stop(): Promise<void>;
};

/** A mail server of our own: what it takes is parsed and kept. Port 0 picks a free one. */
export async function startSink(port = 0): Promise<Sink> {
  const mails: ParsedMail[] = [];
  const attempts: string[] = [];
  const treatments = new Map<string, Treatment>();
  async function keep(stream: Readable, done: (error?: Error) => void): Promise<void> {
    mails.push(await simpleParser(stream));
    done();
  }
  const server = new SMTPServer({
    authOptional: true,
    // Milliseconds: clients keep idle connections open, and nobody here waits for them.
    closeTimeout: 100,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, callback) {
      attempts.push(address);
      const treatment = treatments.get(address) ?? 'take';
      if (treatment === 'refuse for now') callback(reply(451, 'try again later'));
      else if (treatment === 'refuse for good') callback(reply(550, 'no such mailbox'));
      else callback();
    },
    onData(stream, session, callback) {
      const treatment = treatments.get(session.envelope.rcptTo[0]?.address ?? '') ?? 'take';
      if (treatment === 'drop') {
        // Its own connection alone: what others are sending at the time is not to be lost with it.
        const own = [...server.connections].filter(({ id }) => id === session.id);
        stream.once('data', () => own.forEach((connection) => connection._socket?.destroy()));
        return;
      }
      if (treatment === 'never answer') {
        stream.resume();
        return;
      }
      void keep(stream, callback);
    },
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    url: `smtp://127.0.0.1:${bound}`,
    mails,
    attempts,
    treat: (recipient, treatment) => void treatments.set(recipient, treatment),
    to: (recipient) => mails.filter((mail) => JSON.stringify(mail.to).includes(recipient)),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const reply = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });
