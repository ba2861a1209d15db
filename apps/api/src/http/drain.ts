import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './connections.ts';
import type { Gate } from './gate.ts';

/** Milliseconds after the signal in which new connections are still taken, and answers ask clients to close theirs. */
const NOTICE = 300;
/**
 * Milliseconds without a request after which a kept-alive connection is closed. A busy proxy uses each of its connections
 * sooner, is asked to close it then, and loses nothing.
 */
const IDLE = 1000;
/** Milliseconds in which an accepted connection must have sent its first request. */
const FIRST_REQUEST = 1000;
/** Milliseconds after which everything that is left is cut off. */
const PATIENCE = 4300;
/** Milliseconds for which requests are held back at most while the listener is closed. */
const HOLD = 150;
/** Milliseconds without a new connection that show that clients wait. */
const QUIET = 15;
/** Milliseconds of a turn of the event loop in which next to nothing happened. */
const CALM = 0.1;
/** Milliseconds between two looks at the connections. */
const PAUSE = 20;

type Draining = {
  server: Server;
  connections: Connections;
  /** What every request passes before it is handled. */
  gate: Gate;
};

/**
 * Closes a server without losing a request. Readiness must say 503 and answers `Connection: close` already. Resolves
 * when all connections are gone.
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
    // What has arrived meanwhile is read first.
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
 * The kernel resets connections that wait for a listener to accept them when the listener is closed. A proxy that has sent
 * a request on one cannot repeat it safely. So no request is handled for a moment: clients that wait for answers open no
 * new connections. Then the listener is closed in a turn of the event loop that has just found nothing to accept.
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
