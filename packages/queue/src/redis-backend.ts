import { createRedisBackend } from 'bullmq';
import type { Backend } from './backend.ts';
import { connectRedis } from './redis-client.ts';
import { handOutProbe, openProducer, type RedisOptions } from './redis-producer.ts';
import { throttled } from './throttled.ts';

/**
 * Milliseconds without data after a command. A worker waits for jobs in commands of at most ten seconds, so a
 * connection that stays silent for longer is dead.
 */
const SILENCE = 12_000;

/**
 * The queue on Redis. Uses two connections, which behave differently while Redis is down: adding a job must fail
 * immediately (the outbox keeps the job), and a worker must keep waiting.
 */
export function openRedisBackend({ redisUrl, prefix, log }: RedisOptions): Backend {
  const producer = openProducer({ redisUrl, log });
  const consumer = connectRedis(redisUrl, { maxRetriesPerRequest: null, socketTimeout: SILENCE });
  const warn = throttled((error: Error) => log.warn({ reason: error.message }, 'queue connection to Redis lost'));
  consumer.on('error', warn);
  return {
    connection: producer,
    create: (name, options, kind = {}) =>
      createRedisBackend(name, { ...options, connection: kind.withBlockingConnection ? consumer : producer }, kind),
    ping: () => handOutProbe(producer, prefix),
    close() {
      producer.disconnect();
      consumer.disconnect();
      return Promise.resolve();
    },
  };
}
