import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './connections.ts';
import type { Gate } from './gate.ts';

/** Milliseconds after the signal during which new connections are accepted and responses ask clients to close theirs. */
const NOTICE = 300;
/**
 * Milliseconds without a request after which a keep-alive connection is closed. A busy proxy uses each connection sooner,
 * and the response then asks it to close the connection.
 */
const IDLE = 1000;
/** Milliseconds within which an accepted connection must send its first request. */
const FIRST_REQUEST = 1000;
/** Milliseconds after which all remaining connections are destroyed. */
const PATIENCE = 4300;
/** The most milliseconds of each of two waits while the listener closes. Only a busy machine needs more than a tenth. */
const HOLD = 500;
/** Milliseconds without a new connection after which all clients are assumed to wait for responses. */
const QUIET = 15;
/** Milliseconds below which a turn of the event loop counts as idle. */
const CALM = 0.1;
/** Milliseconds between two checks of the connections. */
const PAUSE = 20;

type Draining = {
  server: Server;
  connections: Connections;
  /** Every request passes this gate before it is handled. */
  gate: Gate;
};

/**
 * Closes a server without losing a request. Before the call, readiness must be 503 and responses must have
 * `Connection: close`. Resolves when all connections are closed.
 */
export async function drain({ server, connections, gate }: Draining): Promise<void> {
  const cutting = setTimeout(() => {
    server.close();
    server.closeAllConnections();
  }, PATIENCE);
  await delay(NOTICE);
  gate.close();
  const closed = await stopListening(server);
  gate.open();
  const sweep = async (): Promise<void> => {
    // Lets Node read data that has already arrived.
    await nextTurn();
    connections.closeIdle(IDLE);
    connections.closeUnused(FIRST_REQUEST);
  };
  const sweeping = setInterval(() => void sweep(), PAUSE);
  await closed.promise;
  clearInterval(sweeping);
  clearTimeout(cutting);
}

/**
 * When a listener closes, the kernel resets connections that it has not accepted yet, and a proxy cannot safely repeat a
 * request on one. Requests are therefore delayed for a moment: clients that wait for responses open no new connections.
 * Then the listener closes in a turn of the event loop that found nothing to accept.
 */
async function stopListening(server: Server): Promise<{ promise: Promise<void> }> {
  let accepted = 0;
  const count = (): void => void (accepted += 1);
  server.on('connection', count);
  const deadline = performance.now() + HOLD;
  for (let before = -1; accepted !== before && performance.now() < deadline;) {
    before = accepted;
    await delay(QUIET);
  }
  for (let isCalm = false; !isCalm && performance.now() < deadline + HOLD;) {
    const begun = performance.now();
    const before = accepted;
    await nextTurn();
    isCalm = accepted === before && performance.now() - begun < CALM;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  // The HTTP server's own `close` would destroy connections that are about to send their first request.
  NetServer.prototype.close.call(server, () => resolve());
  return { promise };
}
