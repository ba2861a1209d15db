import { connectQueues, type Queues } from '@gatehouse/queue/queues';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';

/** Connections for the queue dashboard and the readiness check: the api runs no jobs. */
const POOL_SIZE = 3;

/** Connects in the background, because only the dashboard and the readiness check need the queue. */
export function reachQueues(
  { directUrl: databaseUrl, redisUrl, redisPrefix: prefix }: Config,
  log: Logger,
  stop: AbortSignal,
) {
  let queues: Queues | null = null;
  const closing = new AbortController();
  const signal = AbortSignal.any([stop, closing.signal]);
  const reaching = connectQueues({ databaseUrl, poolSize: POOL_SIZE, redisUrl, prefix, log, signal }).then(
    (connected) => {
      queues = connected;
    },
    (error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'queue setup failed');
    },
  );
  return {
    /** Null until the queue has connected for the first time. */
    current: () => queues,
    async close() {
      closing.abort();
      await reaching;
      await queues?.close();
    },
  };
}
