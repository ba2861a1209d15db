import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { findProgram } from '@gatehouse/testing/programs';
import { startRedisServer } from './redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Which of the two queues the tests of this project run on. */
    queue: 'postgres' | 'redis';
    /** Null on the PostgreSQL queue. */
    redisUrl: string | null;
    /** Begins every key that a test writes, because the server may be shared. Empty on the PostgreSQL queue. */
    redisPrefix: string;
  }
}

/**
 * A Redis for the tests of the Redis queue: the one of TEST_REDIS_URL, else one started for this run.
 *
 * @public vitest calls it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Each run has its own prefix, because a server given from outside is never flushed.
  project.provide('redisPrefix', `test-${randomBytes(6).toString('hex')}`);
  const given = process.env['TEST_REDIS_URL'];
  if (given) {
    project.provide('redisUrl', given);
    return () => Promise.resolve();
  }
  if (findProgram('redis-server') === undefined)
    throw new Error('TEST_REDIS=required, but there is no redis-server on PATH and no TEST_REDIS_URL.');
  const server = await startRedisServer();
  project.provide('redisUrl', server.url);
  return () => Promise.resolve(server[Symbol.asyncDispose]());
}
