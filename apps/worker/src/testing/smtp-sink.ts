import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What the server does with a mail: an SMTP reply, or `drop` the line in mid-message, or `stall` for ever. */
export type Behaviour = 'accept' | 'drop' | 'stall' | { code: number; text: string };

export interface SmtpSink extends AsyncDisposable {
  url: string;
  port: number;
  received: { to: string; mail: ParsedMail }[];
  /** Recipients that were named, whatever became of the mail. */
  tried: string[];
  behave: (recipient: string) => Behaviour;
}

/** A mail server for tests that keeps what it takes. */
export async function startSmtpSink(port = 0): Promise<SmtpSink> {
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onAuth: ({ username, password }, _session, callback) =>
      callback(reply(535, `5.7.8 no ${String(username)} with ${String(password)}`)),
    onRcptTo({ address }, _session, callback) {
      sink.tried.push(address);
      const behaviour = sink.behave(address);
      if (behaviour === 'stall') return;
      callback(typeof behaviour === 'object' ? reply(behaviour.code, behaviour.text) : undefined);
    },
    onData(stream, session, callback) {
      const to = recipientOf(session);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (sink.behave(to) === 'drop') sockets.get(session.remotePort)?.destroy();
      });
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        simpleParser(raw, (error, mail) => {
          if (!error) sink.received.push({ to, mail });
          callback(error);
        });
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket) => {
    if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket);
  });
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  const sink: SmtpSink = {
    url: `smtp://127.0.0.1:${String(bound)}`,
    port: bound,
    received: [],
    tried: [],
    behave: () => 'accept',
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(resolve));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
  return sink;
}

const recipientOf = (session: SMTPServerSession): string => session.envelope.rcptTo[0]?.address ?? '';

const reply = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });
