import { rowId } from '@gatehouse/contract/ids';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JOBS, QUEUE_NAMES } from './jobs.ts';
import { prepareQueue } from './postgres-backend.ts';
import { connectQueues, type NewJob } from './queues.ts';
import { createEmptyDatabase, runStatement, type TestDatabase } from '@gatehouse/testing/database';

const log = { info: () => undefined, warn: () => undefined };
let database: TestDatabase;

beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database[Symbol.asyncDispose]());

const connect = (signal?: AbortSignal) =>
  connectQueues({ databaseUrl: database.url, redisUrl: null, log, ...(signal ? { signal } : {}) });

const job = (jobId: string): NewJob<'deliver-email'> => ({
  name: 'deliver-email',
  data: { emails: [{ email_id: rowId.email.parse(randomUUID()), attempt: 0 }] },
  opts: { jobId },
});

test('lists the queues of all jobs', () => {
  expect([...QUEUE_NAMES].toSorted()).toEqual(Object.keys(JOBS).toSorted());
});

test('creates its schema once despite concurrent calls', async () => {
  await Promise.all([prepareQueue(database.url), prepareQueue(database.url), prepareQueue(database.url)]);
  const queues = await connect();
  expect(await queues.ping()).toBeUndefined();
  await queues.close();
});

describe('jobs', () => {
  test('run once, even if an id is added twice', async () => {
    await prepareQueue(database.url);
    const queues = await connect();
    const seen: string[] = [];
    await queues.worker('deliver-email', (taken) => {
      seen.push(taken.id ?? '');
      return Promise.resolve();
    });
    await queues.queue('deliver-email').addBulk([job('a-1'), job('a-2'), job('a-1')]);
    await queues.queue('deliver-email').addBulk([job('a-2')]);
    await eventually(async () => (await queues.queue('deliver-email').getJobCounts('completed'))['completed'] === 2);
    expect(seen.toSorted((one, other) => one.localeCompare(other))).toEqual(['a-1', 'a-2']);
    await queues.close();
  });

  test('continue after the worker has reconnected', async () => {
    await prepareQueue(database.url);
    const queues = await connect();
    const seen: string[] = [];
    await queues.worker('deliver-email', (taken) => {
      seen.push(taken.id ?? '');
      return Promise.resolve();
    });
    await delay(100);
    await runStatement(
      database.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await eventually(() => added(queues.queue('deliver-email').addBulk([job('a-1')])));
    await eventually(() => seen.length === 1);
    expect(seen).toEqual(['a-1']);
    await queues.close();
  });
});

test('waits for the schema', async () => {
  const connecting = connect();
  const early = await Promise.race([connecting.then(() => 'connected'), delay(400, 'waiting')]);
  expect(early).toBe('waiting');
  await prepareQueue(database.url);
  const queues = await connecting;
  await queues.queue('deliver-email').addBulk([job('a-1')]);
  await queues.close();
});

test('is ready only while it accepts a job and hands it out', async () => {
  await prepareQueue(database.url);
  const queues = await connect();
  await queues.ping();
  await runStatement(database.url, 'alter table bullmq.job rename to gone');
  await expect(queues.ping()).rejects.toThrow(/job/);
  await runStatement(database.url, 'alter table bullmq.gone rename to job');
  await queues.ping();
  expect(await queues.queue('deliver-email').getJobCounts('waiting', 'active')).toEqual({ waiting: 0, active: 0 });
  await queues.close();
});

test('stops waiting on abort', async () => {
  await expect(connect(AbortSignal.timeout(100))).rejects.toThrow(/aborted/);
});

test('passes every queue to the dashboard', async () => {
  await prepareQueue(database.url);
  const queues = await connect();
  expect(queues.all().map(({ name }) => name)).toEqual([...QUEUE_NAMES]);
  await queues.close();
});

async function added(adding: Promise<unknown>): Promise<boolean> {
  try {
    await adding;
    return true;
  } catch {
    return false;
  }
}

async function eventually(what: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(what, { timeout: 8000, interval: 20 }).toBe(true);
}
