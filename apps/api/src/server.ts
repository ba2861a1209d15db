import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Socket } from 'node:net';
import { StartError } from '@gatehouse/process/start-error';
import { Connections } from './http/connections.ts';
import { drain } from './http/drain.ts';
import { Gate } from './http/gate.ts';
import { refuseConnection, refuseHost } from './http/refuse-connection.ts';

/** Times are milliseconds. */
export const SERVER_LIMITS = {
  connections: 10_000,
  connectionsPerClient: 1_000,
  /** Until the headers of a request, and the complete request, must have arrived. */
  headersTimeout: 10_000,
  requestTimeout: 25_000,
  /** Until a stalled connection is destroyed, whose client does not read or whose response does not come. */
  stallTimeout: 30_000,
  /** Longer than the idle timeout of common load balancers (60 s), which must close their connections first. */
  keepAliveTimeout: 65_000,
};
export type ServerLimits = typeof SERVER_LIMITS;

const PARSING = {
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 500,
  // Node's own response has no body.
  requireHostHeader: false,
  noDelay: true,
};

type Options = {
  /** Whether this address is a trusted proxy, behind which many clients share connections. */
  isProxy: (address: string) => boolean;
  isDraining: () => boolean;
  /** Resolves when a refusal may be sent, which is delayed during a flood. */
  pace: () => Promise<void>;
  limits?: ServerLimits;
};

export type HttpServer = {
  server: Server;
  connections: Connections;
  /** Resolves when all requests have been answered and all connections are gone. */
  close(): Promise<void>;
};

/** A server that withstands slow, endless and malformed requests. */
export function createHttpServer(
  listener: RequestListener,
  { isProxy, isDraining, pace, limits = SERVER_LIMITS }: Options,
): HttpServer {
  const connections = new Connections(isProxy, {
    inAll: limits.connections,
    perClient: limits.connectionsPerClient,
  });
  const gate = new Gate();
  const answer: RequestListener = (req, res) => {
    if (!connections.begin(req, res)) {
      req.socket.destroy();
      return;
    }
    req.url = originForm(req.url ?? '/');
    // Asks clients to close their connections, so that no request is lost on them when the process ends.
    if (isDraining()) res.setHeader('Connection', 'close');
    if (!hasOneHost(req)) refuseHost(res);
    else gate.pass(() => listener(req, res));
  };
  const { headersTimeout, requestTimeout, keepAliveTimeout, stallTimeout } = limits;
  const refused = new WeakSet<object>();
  const server = createServer({ ...PARSING, headersTimeout, requestTimeout, keepAliveTimeout }, answer);
  server.maxRequestsPerSocket = 10_000;
  server.timeout = stallTimeout;
  server.on('connection', (socket) => connections.open(socket));
  // Expectations other than 100-continue may be ignored (RFC 9110 section 10.1.1).
  server.on('checkExpectation', answer);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Node reports every further chunk on the connection again.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (error.code !== 'ECONNRESET' && socket instanceof Socket && connections.mayRefuse(socket))
      void pace().then(() => refuseConnection(error, socket));
    else socket.destroy();
  });
  return { server, connections, close: () => drain({ server, connections, gate }) };
}

/** A target may also name the scheme and host, as to a proxy (RFC 9112 section 3.2.2). */
const originForm = (target: string): string => {
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/is.exec(target) ?? [];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
};

/** RFC 9112 section 3.2. */
const hasOneHost = ({ httpVersion, rawHeaders }: IncomingMessage): boolean =>
  httpVersion !== '1.1' || rawHeaders.filter((text, n) => n % 2 === 0 && text.toLowerCase() === 'host').length === 1;

/** New connections that wait for a busy process. Beyond Node's 511, a burst would lose some for a second or longer. */
const BACKLOG = 4096;

type ListenAddress = { host: string; port: number };

/** Resolves with the port when the server listens. For port 0, the system chooses the port. */
export function listen(server: Server, { host, port }: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(listenError(error, { host, port }));
    server.once('error', refuse);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenError({ code = 'unknown reason' }: NodeJS.ErrnoException, { host, port }: ListenAddress): StartError {
  const address = `${host}:${String(port)}`;
  if (code === 'EADDRINUSE') return new StartError(`${address} is already in use: end the other program, or set PORT.`);
  return new StartError(`Cannot listen on ${address} (${code}): see HOST and PORT.`);
}
