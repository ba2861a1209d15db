import { listen } from '@gatehouse/testing/listen';
import { createServer, type Socket } from 'node:net';

export const STAGES = ['greeting', 'EHLO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO', 'DATA', 'message'] as const;
export type Stage = (typeof STAGES)[number];

/** The server's reply at one stage; null: no reply; `endless`: the lines of a reply that never ends. */
export type Script = { stage: Stage; reply: string | null };

const ENDLESS = 'endless';

export interface ScriptedSmtp extends AsyncDisposable {
  port: number;
}

const YES: Record<Stage, string> = {
  greeting: '220 mail.example',
  EHLO: '250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN',
  STARTTLS: '220 ready',
  AUTH: '235 2.7.0 welcome',
  'MAIL FROM': '250 2.1.0 ok',
  'RCPT TO': '250 2.1.5 ok',
  DATA: '354 go on',
  message: '250 2.0.0 queued',
};

/** A mail server with a scripted reply. */
export async function startScriptedSmtp(script: Script): Promise<ScriptedSmtp> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    converse(socket, script);
  });
  const port = await listen(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function converse(socket: Socket, { stage: scripted, reply }: Script): void {
  const answer = (stage: Stage): void => {
    const text = stage === scripted ? reply : advertised(YES[stage], scripted);
    if (text === ENDLESS) drip(socket);
    else if (text !== null) socket.write(`${text}\r\n`);
  };
  let isMessage = false;
  answer('greeting');
  socket.setEncoding('utf8');
  let received = '';
  socket.on('data', (chunk) => {
    received += String(chunk);
    for (let end = endOf(received, isMessage); end > 0; end = endOf(received, isMessage)) {
      const stage = isMessage ? 'message' : stageOf(received.slice(0, end));
      received = received.slice(end);
      isMessage = stage === 'DATA' && (scripted !== 'DATA' || reply === null);
      if (stage === 'bye') return void socket.end('221 bye\r\n');
      answer(stage);
    }
  });
}

/** Sends a line now and then, so that the connection is never silent. */
function drip(socket: Socket): void {
  const dripping = setInterval(() => socket.write('250-more\r\n'), 100);
  socket.on('close', () => clearInterval(dripping));
}

/** Advertises STARTTLS only if the script refuses it, because the test has no certificate. */
const advertised = (text: string, scripted: Stage): string =>
  scripted === 'STARTTLS' ? text : text.replace('250-STARTTLS\r\n', '');

function endOf(text: string, isMessage: boolean): number {
  const mark = isMessage ? '\r\n.\r\n' : '\r\n';
  const at = text.indexOf(mark);
  return at < 0 ? 0 : at + mark.length;
}

function stageOf(line: string): Stage | 'bye' {
  if (/^(EHLO|HELO)/i.test(line)) return 'EHLO';
  return STAGES.find((stage) => line.toUpperCase().startsWith(stage)) ?? 'bye';
}
