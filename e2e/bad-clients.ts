import { connect, type Socket } from 'node:net';
import { z } from 'zod';

/** Misbehaving clients in a separate process, which reports `ready` when all of them have connected. */
export const KINDS = ['silent', 'slow headers', 'slow body', 'unread answers', 'refused calls', 'nonsense'] as const;
type Kind = (typeof KINDS)[number];

/** Milliseconds between two bytes of a slow client. */
const PAUSE = 500;
/** Number of client addresses, which the server counts as different clients. */
const ADDRESSES = 4;

const head = (method: string, path: string, length: number): string =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${String(length)}\r\n\r\n`;
const REGISTER = '/api/portals/00000000-0000-7000-8000-000000000000/auth/register';
const WRONG = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${String(n)}`, 1])));

const BEHAVIOURS: Record<Kind, (socket: Socket) => void> = {
  silent: () => undefined,
  'slow headers': (socket) => trickle(socket, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(1000)}`),
  'slow body': (socket) => {
    socket.write(head('POST', REGISTER, 10_000));
    trickle(socket, ' '.repeat(1000));
  },
  'unread answers': (socket) => {
    socket.pause().write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8));
  },
  'refused calls': (socket) => {
    const call = head('POST', REGISTER, WRONG.length) + WRONG;
    socket.write(call);
    socket.on('data', () => socket.write(call));
  },
  nonsense: (socket) => {
    socket.write('NONSENSE\r\n\r\n');
    socket.on('end', () => socket.destroy());
  },
};

function trickle(socket: Socket, text: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(text.charAt(sent));
    sent += 1;
  }, PAUSE);
  socket.once('close', () => clearInterval(timer));
}

/** Connects again whenever the server closes the connection. */
function misbehave(port: number, n: number, kind: Kind): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${String(2 + (n % ADDRESSES))}` });
  socket.on('error', () => undefined).resume();
  socket.once('close', () => setTimeout(() => void misbehave(port, n, kind), 10));
  return new Promise((resolve) => {
    socket.once('connect', () => {
      BEHAVIOURS[kind](socket);
      resolve();
    });
  });
}

const Given = z.tuple([z.coerce.number(), z.coerce.number(), z.enum(KINDS)]);

if (import.meta.main) {
  const [port, count, kind] = Given.parse(process.argv.slice(2));
  await Promise.all(Array.from({ length: count }, (_, n) => misbehave(port, n, kind)));
  process.send?.({ type: 'ready' });
}
