import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** Milliseconds after the signal in which new connections are still taken, and answers ask clients to close theirs. */
const NOTICE = 300;
/** Milliseconds without a request after which a kept-alive connection is closed. */
const IDLE = 200;
/** Milliseconds in which an accepted connection must have sent its first request. */
const FIRST_REQUEST = 1000;
/** Milliseconds that requests under way may take before they are cut off. */
const PATIENCE = 4000;
/** Milliseconds of one turn of the event loop in which so little happened that no client can have been overlooked. */
const CALM = 0.1;
/** Milliseconds to wait for such a turn. */
const CALM_PATIENCE = 200;

/**
 * Closes a server without losing a request. Readiness must say 503 and answers `Connection: close` already. Resolves
 * when all connections are gone.
 */
export async function drain(server: Server, connections: Connections): Promise<void> {
  const until = performance.now() + NOTICE;
  do {
    await delay(20);
    connections.closeIdle(IDLE);
  } while (performance.now() < until);
  await emptyAcceptQueue(server);
  // The HTTP server's own `close` would destroy connections that are about to send their first request.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  const sweeping = setInterval(() => {
    connections.closeIdle(IDLE);
    connections.closeUnused(FIRST_REQUEST);
  }, 20);
  const cutting = setTimeout(() => server.closeAllConnections(), PATIENCE);
  await closed;
  clearInterval(sweeping);
  clearTimeout(cutting);
}

/**
 * Closing a listener resets the connections that the kernel has accepted for it but the process has not. A proxy that has
 * sent a request on one of them cannot repeat it safely. So the listener is closed in a turn of the event loop that has
 * just found nothing to accept or read.
 */
async function emptyAcceptQueue(server: Server): Promise<void> {
  let accepted = 0;
  const count = (): void => void (accepted += 1);
  server.on('connection', count);
  const deadline = performance.now() + CALM_PATIENCE;
  for (;;) {
    const begun = performance.now();
    const before = accepted;
    await nextTurn();
    const now = performance.now();
    if ((accepted === before && now - begun < CALM) || now > deadline) break;
  }
  server.off('connection', count);
}
