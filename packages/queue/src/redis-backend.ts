import { once } from 'node:events';
import { createRedisBackend } from 'bullmq';
import { type ChainableCommander, Redis } from 'ioredis';
import type { Backend, Log } from './backend.ts';
import { throttled } from './throttled.ts';

/** Milliseconds. */
const CONNECT_TIMEOUT = 1000;
const COMMAND_TIMEOUT = 2000;
/**
 * Milliseconds without data after a command. A worker waits for jobs in commands of at most ten seconds, so a
 * connection that stays silent for longer is dead.
 */
const SILENCE = 12_000;
const reconnect = {
  keepAlive: 10_000,
  connectTimeout: CONNECT_TIMEOUT,
  retryStrategy: (attempt: number) => Math.min(attempt * 50, 500),
};

type Options = { redisUrl: string; prefix: string; log: Log };

/**
 * The queue on Redis. Uses two connections, which behave differently while Redis is down: adding a job must fail
 * immediately (the outbox keeps the job), and a worker must keep waiting.
 */
export function openRedisBackend({ redisUrl, prefix, log }: Options): Backend {
  const producer = new Redis(redisUrl, {
    ...reconnect,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // A command that timed out may still be executed. Job ids make that harmless.
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
      // BullMQ does the same for a job. It fails if Redis is read-only, out of memory or short of replicas.
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

/** A transaction reports failures only in the results of its commands. */
async function succeeded(commands: ChainableCommander): Promise<void> {
  for (const [error] of (await commands.exec()) ?? []) if (error) throw error;
}
