import { once } from 'node:events';
import type { ChainableCommander } from 'ioredis';
import type { Log } from './backend.ts';
import { connectRedis, type RedisClient } from './redis-client.ts';
import { throttled } from './throttled.ts';

/** Milliseconds. */
const READY_TIMEOUT = 1000;
const COMMAND_TIMEOUT = 2000;

export type RedisOptions = { redisUrl: string; prefix: string; log: Log };

/** The connection that adds jobs. While Redis is down, adding fails immediately, and the outbox keeps the job. */
export function openProducer({ redisUrl, log }: Omit<RedisOptions, 'prefix'>): RedisClient {
  const producer = connectRedis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // A command that timed out may still be executed. Job ids make that harmless.
    commandTimeout: COMMAND_TIMEOUT,
    socketTimeout: COMMAND_TIMEOUT,
  });
  return producer.on(
    'error',
    throttled((error) => log.warn({ reason: error.message }, 'queue connection to Redis lost')),
  );
}

/** Does what BullMQ does for a job. Fails if Redis is read-only, out of memory or short of replicas. */
export async function handOutProbe(producer: RedisClient, prefix: string): Promise<void> {
  if (producer.status !== 'ready') await once(producer, 'ready', { signal: AbortSignal.timeout(READY_TIMEOUT) });
  const key = `${prefix}:readiness`;
  await succeeded(producer.multi().lpush(key, 'probe').rpop(key));
}

/** A transaction reports failures only in the results of its commands. */
async function succeeded(commands: ChainableCommander): Promise<void> {
  for (const [error] of (await commands.exec()) ?? []) if (error) throw error;
}
