import { GatehouseError } from '@gatehouse/contract/errors';
import { openQueueProbe } from '@gatehouse/queue/probe';
import type { Queues } from '@gatehouse/queue/queues';
import type { Logger } from 'pino';
import { atMost } from '../at-most.ts';
import type { Config } from '../config.ts';

/** Connections for the dashboard: the api runs no jobs. */
const POOL_SIZE = 2;
/** Milliseconds that a caller waits for the first connection. */
const PATIENCE = 1000;

export type QueueAccess = AsyncDisposable & {
  /** For the readiness check. Rejects unless the queue accepts and hands out a job. */
  ping(): Promise<void>;
  /** For the dashboard. Loads BullMQ and connects on the first call. Throws `dependency_down`. */
  connect(): Promise<Queues>;
};

export async function openQueueAccess(config: Config, log: Logger): Promise<QueueAccess> {
  const { directUrl: databaseUrl, redisUrl, redisPrefix: prefix } = config;
  const options = { databaseUrl, redisUrl, prefix, log };
  const probe = await openQueueProbe(options);
  const closing = new AbortController();
  let connecting: Promise<Queues> | undefined;
  let connected: Queues | undefined;
  const connect = async (): Promise<Queues> => {
    const { connectQueues } = await import('@gatehouse/queue/queues');
    connected = await connectQueues({ ...options, poolSize: POOL_SIZE, signal: closing.signal });
    return connected;
  };
  return {
    ping: () => probe.ping(),
    async connect() {
      connecting ??= connect();
      await atMost(PATIENCE, connecting);
      if (connected) return connected;
      throw new GatehouseError('dependency_down', 'The queue is not connected yet. Retry shortly.');
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await connecting?.catch(() => undefined);
      await Promise.all([connected?.close(), probe.close()]);
    },
  };
}
