import { rowId } from '@gatehouse/contract/ids';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectQueues } from '@gatehouse/queue/queues';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findProgram } from '@gatehouse/testing/programs';
import { type RedisServer, startRedisServer } from './redis-server.ts';

const quiet = { info: () => undefined, warn: () => undefined };
const isInstalled = findProgram('redis-server') !== undefined;

describe.runIf(inject('queue') === 'redis' && isInstalled)('the queue on a Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  });
  const connect = () => connectQueues({ databaseUrl: 'postgresql://unused/', redisUrl: server.url, log: quiet });

  test.each([
    ['that is out of memory', 'maxmemory'],
    ['that misses its replicas', 'min-replicas-to-write'],
  ])('%s is not ready, and becomes ready again without a restart', async (_what, name) => {
    const queues = await connect();
    await admin.config('SET', name, '1');
    await expect(queues.ping()).rejects.toThrow(/EXECABORT/);
    await admin.config('SET', name, '0');
    await expect(queues.ping()).resolves.toBeUndefined();
    await queues.close();
  });

  test('that has become a replica is not ready', async () => {
    const queues = await connect();
    await admin.replicaof('127.0.0.1', 1);
    await expect(queues.ping()).rejects.toThrow(/EXECABORT/);
    await admin.replicaof('NO', 'ONE');
    await expect(queues.ping()).resolves.toBeUndefined();
    await queues.close();
  });

  test('that hangs is reported as not ready within two seconds, and its worker continues without a restart', async () => {
    const queues = await connect();
    const seen: string[] = [];
    await queues.worker('erase-developer', ({ id }) => {
      seen.push(id ?? '');
      return Promise.resolve();
    });
    const pid = Number(/process_id:(\d+)/.exec(await admin.info('server'))?.[1]);
    expect(readFileSync(`/proc/${String(pid)}/comm`, 'utf8')).toContain('redis');
    process.kill(pid, 'SIGSTOP');
    const begun = performance.now();
    await expect(queues.ping()).rejects.toThrow(/tim/i);
    expect(performance.now() - begun).toBeLessThan(2500);
    await delay(1000);
    process.kill(pid, 'SIGCONT');
    await expect
      .poll(
        () =>
          queues.ping().then(
            () => true,
            () => false,
          ),
        { timeout: 5000 },
      )
      .toBe(true);
    await queues.queue('erase-developer').addBulk([
      {
        name: 'erase-developer',
        data: { deletions: [rowId.deletion.parse(crypto.randomUUID())] },
        opts: { jobId: 'after' },
      },
    ]);
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual(['after']);
    await queues.close();
  });
});
