import { once } from 'node:events';
import { createRedisBackend } from 'bullmq';
import { type ChainableCommander, Redis } from 'ioredis';
import type { Backend, Log } from './backend.ts';
import { throttled } from './throttled.ts';

/** Milliseconds. */
const CONNECT_TIMEOUT = 1000;
const COMMAND_TIMEOUT = 2000;
/**
 * Milliseconds without a byte after a command. A worker waits for jobs in commands of at most ten seconds, so a
 * connection that is silent for longer is dead.
 */
const SILENCE = 12_000;
const reconnect = {
  keepAlive: 10_000,
  connectTimeout: CONNECT_TIMEOUT,
  retryStrategy: (attempt: number) => Math.min(attempt * 50, 500),
};

type Options = { redisUrl: string; prefix: string; log: Log };

/**
 * The queue on Redis. Two connections, because they need opposite manners when Redis is away: an addition of a job must
 * fail at once (the outbox keeps it), and a worker must wait on.
 */
export function openRedisBackend({ redisUrl, prefix, log }: Options): Backend {
  const producer = new Redis(redisUrl, {
    ...reconnect,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // A command that timed out may still be executed: the ids of jobs make that harmless.
    commandTimeout: COMMAND_TIMEOUT,
    socketTimeout: COMMAND_TIMEOUT,
  });
  const consumer = new Redis(redisUrl, { ...reconnect, maxRetriesPerRequest: null, socketTimeout: SILENCE });
  const warn = throttled((error: Error) => log.warn({ reason: error.message }, 'queue connection to Redis lost'));
  producer.on('error', warn);
  consumer.on('error', warn);
  return {
    connection: producer,
    create: (name, options, kind = {}) =>
      createRedisBackend(name, { ...options, connection: kind.withBlockingConnection ? consumer : producer }, kind),
    async ping() {
      if (producer.status !== 'ready') await once(producer, 'ready', { signal: AbortSignal.timeout(CONNECT_TIMEOUT) });
      // What BullMQ does for a job: it fails where Redis only reads, is out of memory or misses its replicas.
      const key = `${prefix}:readiness`;
      await succeeded(producer.multi().lpush(key, 'probe').rpop(key));
    },
    close() {
      producer.disconnect();
      consumer.disconnect();
      return Promise.resolve();
    },
  };
}

/** The result of a transaction says of each command alone whether it failed. */
async function succeeded(commands: ChainableCommander): Promise<void> {
  for (const [error] of (await commands.exec()) ?? []) if (error) throw error;
}
