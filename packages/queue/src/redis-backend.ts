import { once } from 'node:events';
import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Backend, Log } from './backend.ts';
import { sparing } from './sparing.ts';

/** Milliseconds. */
const CONNECT_TIMEOUT = 1000;
const COMMAND_TIMEOUT = 2000;
const reconnect = {
  connectTimeout: CONNECT_TIMEOUT,
  retryStrategy: (attempt: number) => Math.min(attempt * 50, 500),
};

/**
 * The queue on Redis. Two connections, because they need opposite manners when Redis is away: who adds a job must hear
 * of it at once (the outbox keeps it), who waits for jobs must wait on.
 */
export function openRedisBackend(redisUrl: string, log: Log): Backend {
  const producer = new Redis(redisUrl, {
    ...reconnect,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // A command that timed out may still be executed: the ids of jobs make that harmless.
    commandTimeout: COMMAND_TIMEOUT,
  });
  const consumer = new Redis(redisUrl, { ...reconnect, maxRetriesPerRequest: null });
  const warn = sparing((error: Error) =>
    log.warn({ reason: error.message }, 'the queue has lost its connection to Redis'),
  );
  producer.on('error', warn);
  consumer.on('error', warn);
  return {
    connection: producer,
    create: (name, options, kind = {}) =>
      createRedisBackend(name, { ...options, connection: kind.withBlockingConnection ? consumer : producer }, kind),
    async ping() {
      if (producer.status !== 'ready') await once(producer, 'ready', { signal: AbortSignal.timeout(CONNECT_TIMEOUT) });
      await producer.ping();
    },
    close() {
      producer.disconnect();
      consumer.disconnect();
      return Promise.resolve();
    },
  };
}
