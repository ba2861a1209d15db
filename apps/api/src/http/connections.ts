import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hasBody } from './has-body.ts';
import { networkOf } from './network-of.ts';

type ConnectionLimits = { inAll: number; perClient: number };

/** The most concurrent requests of one connection. Clients that pipeline need far fewer. */
const PIPELINED = 32;

type Connection = {
  socket: Socket;
  /** Null for a trusted proxy, whose connections carry many clients. */
  client: string | null;
  underWay: Set<ServerResponse>;
  /** Requests whose body has not yet arrived completely. */
  receiving: Set<ServerResponse>;
  served: number;
  /** When the connection was opened or last completed a response, by `performance.now`. */
  quietSince: number;
  /** Bytes that had arrived by then. Later bytes belong to the next request. */
  bytesRead: number;
};

/**
 * The open connections. At a limit, the connection that has waited longest for its client is destroyed, so that silent
 * and slow clients cannot lock others out.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  readonly #clients = new Map<string, Set<Connection>>();
  /** Connections that wait for a request, for its body, or for the client to read, longest wait first. */
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

  /** Tracks a request until its response is sent. False if the connection already has too many. */
  begin(req: IncomingMessage, res: ServerResponse): boolean {
    const connection = this.#open.get(req.socket);
    if (!connection || connection.underWay.size >= PIPELINED) return false;
    connection.underWay.add(res);
    if (hasBody(req)) {
      connection.receiving.add(res);
      req.once('end', () => this.#received(connection, res));
    } else this.#received(connection, res);
    // The response is written to the socket, but the client may not have read it yet.
    res.once('prefinish', () => this.#waiting.add(connection));
    res.once('close', () => this.#answered(connection, res));
    return true;
  }

  /** Whether an error can be sent without corrupting or preceding the response to another request. */
  mayRefuse(socket: Socket): boolean {
    const { underWay, receiving } = this.#open.get(socket) ?? {};
    if (!underWay || !receiving) return false;
    return underWay.size === receiving.size && [...underWay].every((res) => !res.headersSent);
  }

  /** Destroys used connections that have been idle for so many milliseconds. */
  closeIdle(forAtLeast: number): void {
    this.#closeQuiet(forAtLeast, ({ served }) => served > 0);
  }

  /** Destroys connections that received nothing within so many milliseconds after they were opened. */
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
