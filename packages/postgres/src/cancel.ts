import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** Request codes of the PostgreSQL protocol, sent in place of the protocol version. */
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const ACCEPTED = 'S'.charCodeAt(0);
/** Milliseconds. */
const PATIENCE = 2000;

export type CancelKey = { processID: number; secretKey: number };
type Server = { host: string; port: number; ssl: ConnectionOptions | false };

/**
 * Asks the server to cancel the statement that a connection is running. Uses the protocol instead of
 * `pg_cancel_backend`, because a pooler in between has its own process ids. Resolves when the server has received the
 * request, or after two seconds.
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

/** The server only closes the connection. The socket must be read to notice that; an error also counts as the end. */
const watch = <T extends Socket>(socket: T): T => socket.on('error', () => socket.destroy()).resume();

function message(...numbers: number[]): Buffer {
  const buffer = Buffer.alloc(4 + 4 * numbers.length);
  [buffer.length, ...numbers].forEach((number, at) => buffer.writeInt32BE(number | 0, 4 * at));
  return buffer;
}
