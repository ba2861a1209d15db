import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './network-of.ts';

type ConnectionLimits = { inAll: number; perClient: number };

/** Requests that one connection may have under way. HTTP clients that pipeline stay far below. */
const PIPELINED = 32;

type Connection = {
  socket: Socket;
  /** Null for a trusted proxy, whose connections carry many clients. */
  client: string | null;
  underWay: Set<ServerResponse>;
  /** Requests whose body has not arrived completely. */
  receiving: Set<ServerResponse>;
  served: number;
  /** When it was opened or last answered, by `performance.now`. */
  quietSince: number;
  /** Bytes that had arrived by then. What came later belongs to the next request. */
  bytesRead: number;
};

/**
 * The open connections. At a limit, the connection that has been waiting for its client the longest is destroyed, so
 * that silent and slow clients make room for the others instead of locking them out.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  readonly #clients = new Map<string, Set<Connection>>();
  /** Those that wait for their client, the longest wait first: for a request, its body, or for the answer to be read. */
  readonly #waiting = new Set<Connection>();
  readonly #limits: ConnectionLimits;
  readonly #isProxy: (address: string) => boolean;

  constructor(isProxy: (address: string) => boolean, limits: ConnectionLimits) {
    this.#isProxy = isProxy;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  open(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const client = this.#isProxy(address) ? null : networkOf(address);
    const quietSince = performance.now();
    const connection: Connection = {
      socket,
      client,
      underWay: new Set(),
      receiving: new Set(),
      served: 0,
      quietSince,
      bytesRead: 0,
    };
    this.#open.set(socket, connection);
    this.#waiting.add(connection);
    const own = this.#ofClient(client)?.add(connection);
    socket.once('close', () => this.#forget(connection));
    if (own && own.size > this.#limits.perClient) this.#makeRoom(own);
    else if (this.#open.size > this.#limits.inAll) this.#makeRoom(this.#waiting);
  }

  /** Follows a request until its answer is out. False if the connection already has too many under way. */
  begin(req: IncomingMessage, res: ServerResponse): boolean {
    const connection = this.#open.get(req.socket);
    if (!connection || connection.underWay.size >= PIPELINED) return false;
    connection.underWay.add(res);
    if (hasBody(req)) {
      connection.receiving.add(res);
      req.once('end', () => this.#received(connection, res));
    } else this.#received(connection, res);
    // The whole answer has been written to the socket; the client may still have to read it.
    res.once('prefinish', () => this.#waiting.add(connection));
    res.once('close', () => this.#answered(connection, res));
    return true;
  }

  /** Whether an error document may be written: not into or ahead of an answer to another request. */
  mayRefuse(socket: Socket): boolean {
    const { underWay, receiving } = this.#open.get(socket) ?? {};
    if (!underWay || !receiving) return false;
    return underWay.size === receiving.size && [...underWay].every((res) => !res.headersSent);
  }

  /** Destroys the connections that have answered before and have had nothing to do for so many milliseconds. */
  closeIdle(forAtLeast: number): void {
    this.#closeQuiet(forAtLeast, ({ served }) => served > 0);
  }

  /** Destroys the connections on which nothing has arrived so many milliseconds after they were opened. */
  closeUnused(after: number): void {
    this.#closeQuiet(after, ({ served }) => served === 0);
  }

  #closeQuiet(forAtLeast: number, isMeant: (connection: Connection) => boolean): void {
    const since = performance.now() - forAtLeast;
    for (const connection of this.#open.values()) {
      const { socket, underWay, quietSince, bytesRead } = connection;
      const isQuiet = underWay.size === 0 && quietSince <= since && socket.bytesRead === bytesRead;
      if (isQuiet && isMeant(connection)) socket.destroy();
    }
  }

  #received(connection: Connection, res: ServerResponse): void {
    connection.receiving.delete(res);
    if (connection.receiving.size === 0) this.#waiting.delete(connection);
  }

  #answered(connection: Connection, res: ServerResponse): void {
    connection.receiving.delete(res);
    connection.underWay.delete(res);
    connection.served += 1;
    if (connection.underWay.size > 0 || !this.#open.has(connection.socket)) return;
    connection.quietSince = performance.now();
    connection.bytesRead = connection.socket.bytesRead;
    this.#waiting.delete(connection);
    this.#waiting.add(connection);
  }

  #ofClient(client: string | null): Set<Connection> | null {
    if (client === null) return null;
    const known = this.#clients.get(client) ?? new Set();
    this.#clients.set(client, known);
    return known;
  }

  #makeRoom(among: ReadonlySet<Connection>): void {
    for (const connection of among) {
      if (!this.#waiting.has(connection)) continue;
      connection.socket.destroy();
      this.#forget(connection);
      return;
    }
  }

  #forget(connection: Connection): void {
    this.#open.delete(connection.socket);
    this.#waiting.delete(connection);
    if (connection.client === null) return;
    const own = this.#clients.get(connection.client);
    own?.delete(connection);
    if (own?.size === 0) this.#clients.delete(connection.client);
  }
}

/** RFC 9112 section 6.3. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
