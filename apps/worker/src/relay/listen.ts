import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';

type ListenOptions = { databaseUrl: string; channel: string; onNotify: () => void };

/** Milliseconds. */
const RECONNECT_PAUSE = 300;

/**
 * Listens on a separate connection until `signal` aborts, and reconnects when the connection is lost. Also calls
 * `onNotify` after each reconnect, because notifications may have been missed. Never rejects: callers poll as well.
 */
export async function listen(options: ListenOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await listenOnce(options, signal).catch(() => undefined);
    await delay(RECONNECT_PAUSE, undefined, { signal }).catch(() => undefined);
  }
}

/** Listens until the connection is lost or `signal` aborts. */
async function listenOnce({ databaseUrl, channel, onNotify }: ListenOptions, signal: AbortSignal): Promise<void> {
  const client = new Connection({ databaseUrl, name: 'gatehouse-relay', limits: WORK_LIMITS });
  const over = Promise.withResolvers<void>();
  const end = (): void => over.resolve();
  client.on('error', end);
  client.on('end', end);
  client.on('notification', onNotify);
  signal.addEventListener('abort', end, { once: true });
  try {
    await client.connect();
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onNotify();
    await over.promise;
  } finally {
    signal.removeEventListener('abort', end);
    await client.end().catch(() => undefined);
  }
}
