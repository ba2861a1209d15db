import { createServer, type RequestListener, type Server } from 'node:http';

/** Milliseconds. Longer than the idle time of the usual load balancers, which must be the first to close (60 s). */
const KEEP_ALIVE = 65_000;

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: KEEP_ALIVE,
  connectionsCheckingInterval: 500,
  requireHostHeader: true,
  noDelay: true,
};

/** A server that slow, endless and malformed requests cannot wear down. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(LIMITS, listener);
  server.maxRequestsPerSocket = 10_000;
  server.maxConnections = 10_000;
  return server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    socket.end(
      `HTTP/1.1 ${STATUS_LINES[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  });
}

const STATUS_LINES: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** The message is one line for whoever starts the process. */
export class ListenError extends Error {}

type Place = { host: string; port: number };

/** Resolves when it listens, with the port (which the system chose, for port 0). */
export function listen(server: Server, { host, port }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(listenError(error, { host, port }));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenError({ code = 'unknown reason' }: NodeJS.ErrnoException, { host, port }: Place): ListenError {
  const place = `${host}:${String(port)}`;
  if (code === 'EADDRINUSE') return new ListenError(`${place} is already in use: end the other program, or set PORT.`);
  return new ListenError(`Cannot listen on ${place} (${code}): see HOST and PORT.`);
}

/** Milliseconds that requests under way may take before they are cut off. */
const PATIENCE = 4000;

/** Takes no more connections, lets requests under way finish, and resolves when all connections are gone. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A kept-alive connection becomes idle only after its last answer.
  const sweeping = setInterval(() => server.closeIdleConnections(), 50);
  const cutting = setTimeout(() => server.closeAllConnections(), PATIENCE);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweeping);
  clearTimeout(cutting);
}
