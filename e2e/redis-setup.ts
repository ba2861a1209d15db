import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { findProgram } from '@gatehouse/testing/programs';
import { startRedisServer } from './redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The backend of the queue in this project. */
    queue: 'postgres' | 'redis';
    /** Null on the PostgreSQL queue. */
    redisUrl: string | null;
    /** The prefix of every key, because the server can be shared. Empty on the PostgreSQL queue. */
    redisPrefix: string;
  }
}

/**
 * Provides a Redis for the tests of the Redis queue: the one of TEST_REDIS_URL, or one that is started for this run.
 *
 * @public vitest calls it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Each run has its own prefix, because the server of TEST_REDIS_URL is never flushed.
  project.provide('redisPrefix', `test-${randomBytes(6).toString('hex')}`);
  const given = process.env['TEST_REDIS_URL'];
  if (given) {
    project.provide('redisUrl', given);
    return () => Promise.resolve();
  }
  if (findProgram('redis-server') === undefined)
    throw new Error('TEST_REDIS=required, but redis-server is not on PATH and TEST_REDIS_URL is not set.');
  const server = await startRedisServer();
  project.provide('redisUrl', server.url);
  return () => Promise.resolve(server[Symbol.asyncDispose]());
}
