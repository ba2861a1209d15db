import { findProgram } from '@gatehouse/testing/programs';
import { startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { expect, inject, test } from 'vitest';
import { call, listOf, newPortal, register, until } from './api.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { startSystem } from './system.ts';

const runs = inject('queue') === 'redis' && findProgram('redis-server') !== undefined;

test.runIf(runs)('on a Redis Cluster, mails are sent, developers are erased and calls are limited', async () => {
  await using cluster = await startRedisCluster();
  await using sink = await startSmtpSink();
  await using system = await startSystem({
    smtpUrl: sink.url,
    env: { REDIS_URL: cluster.url, REDIS_PREFIX: '{gatehouse}' },
  });
  await until('the readiness', async () => ((await call(system, 'GET /readyz')).status === 200 ? true : null));
  const portal = await newPortal(system);
  const approval = await register(system, portal, 'ada');
  expect((await call(system, `POST /api/approvals/${String(approval['id'])}/accept`)).status).toBe(200);
  await until('the mail', () =>
    Promise.resolve(sink.to('ada@example.org').find(({ subject }) => /approved/.test(subject ?? '')) ?? null),
  );
  const [ada] = listOf(await call(system, `GET /api/portals/${portal}/developers`));
  const developer = `/api/portals/${portal}/developers/${String(ada?.['developer_id'])}`;
  expect((await call(system, `DELETE ${developer}`)).status).toBe(202);
  await until('the erasure', async () => {
    const [found] = listOf(await call(system, `GET /api/deletions?portal_id=${portal}&status=completed`));
    return found ?? null;
  });
  const keys = await cluster.keys();
  expect(keys.flat().every((key) => key.startsWith('{gatehouse}:'))).toBe(true);
  expect(keys.flat()).toContainEqual(expect.stringMatching(/^\{gatehouse\}:register_by_address:/));
  expect((await call(system, 'GET /queues/api/queues')).status).toBe(200);
  expect(system.api.output() + system.worker.output()).not.toMatch(/CROSSSLOT|same slot/);
});
