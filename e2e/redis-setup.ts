import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { findProgram } from './program.ts';
import { startRedisServer } from './redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Which of the two queues the tests of this project run on. */
    queue: 'postgres' | 'redis';
    /** Null on the PostgreSQL queue. */
    redisUrl: string | null;
    /** Begins every key a test may make: the server may be shared with somebody. Empty on the PostgreSQL queue. */
    redisPrefix: string;
  }
}

/**
 * A Redis for the tests of the Redis queue: the one of TEST_REDIS_URL, else one started for this run.
 *
 * @public vitest calls it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The run's own: a server given from outside is never flushed, so names of two runs must not meet.
  project.provide('redisPrefix', `test-${randomBytes(6).toString('hex')}`);
  const given = process.env['TEST_REDIS_URL'];
  if (given) {
    project.provide('redisUrl', given);
    return () => Promise.resolve();
  }
  const binary = findProgram('redis-server', process.env['PATH'] ?? '');
  if (!binary) throw new Error('TEST_REDIS=required, but there is no redis-server on PATH and no TEST_REDIS_URL.');
  const server = await startRedisServer(binary);
  project.provide('redisUrl', server.url);
  return server.stop;
}
