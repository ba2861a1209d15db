import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** Of the protocol: the codes that stand in the place of its version. */
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const ACCEPTED = 'S'.charCodeAt(0);
/** Milliseconds. */
const PATIENCE = 2000;

export type CancelKey = { processID: number; secretKey: number };
type Server = { host: string; port: number; ssl: ConnectionOptions | false };

/**
 * Asks the server to cancel what a connection is running: by the protocol and not by `pg_cancel_backend`, because a
 * pooler in between has ids of its own. Resolves when the server has taken the request, or after two seconds.
 */
export function cancelStatement({ host, port, ssl }: Server, key: CancelKey): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${String(port)}`) : connect({ host, port });
  const timer = setTimeout(() => socket.destroy(), PATIENCE);
  watch(socket).once('close', () => {
    clearTimeout(timer);
    resolve();
  });
  const request = message(CANCEL_REQUEST, key.processID, key.secretKey);
  socket.once('connect', () => {
    socket.write(ssl === false ? request : message(SSL_REQUEST));
  });
  if (ssl !== false)
    socket.once('data', ([answer]) => {
      if (answer !== ACCEPTED) socket.destroy();
      else
        watch(connectTls({ ...ssl, socket, ...(ssl.host === undefined ? { servername: host } : {}) })).write(request);
    });
  return promise;
}

/** The server closes the connection without a word: reading is what notices it, and an error is an end as well. */
const watch = <T extends Socket>(socket: T): T => socket.on('error', () => socket.destroy()).resume();

function message(...numbers: number[]): Buffer {
  const buffer = Buffer.alloc(4 + 4 * numbers.length);
  [buffer.length, ...numbers].forEach((number, at) => buffer.writeInt32BE(number | 0, 4 * at));
  return buffer;
}
