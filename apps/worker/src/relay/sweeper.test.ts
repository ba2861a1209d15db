import { type ClaimedEmail, claimEmails } from '@gatehouse/core/email/claim-emails';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { NewJob, Queues } from '@gatehouse/queue/queues';
import { expect, test } from 'vitest';
import { emailTo, queueMails } from '../testing/mails.ts';
import { workerTest } from '../testing/worker-test.ts';
import { sweep } from './sweeper.ts';

const bench = workerTest();
type JobRow = { id: string; data: { emails: unknown[] } };
const jobs = () => bench().rows<JobRow>('select id, data from bullmq.job order by id');
const makeDue = () => bench().rows(`update email set due_at = now() - interval '1 second' returning 1`);
const TO = 'a@example.com';

test('queues lost work again, under a new id each time', async () => {
  await queueMails(bench(), [TO]);
  await sweep(bench().em, bench().queues);
  expect(await jobs()).toEqual([]);

  for (const round of [1, 2]) {
    await makeDue();
    await sweep(bench().em, bench().queues);
    await sweep(bench().em, bench().queues);
    expect(await jobs()).toHaveLength(round);
  }
  const { id, due_in } = await emailTo(bench(), TO);
  expect((await jobs()).map((job) => job.data)).toEqual([
    { emails: [{ email_id: id, attempt: 0 }] },
    { emails: [{ email_id: id, attempt: 0 }] },
  ]);
  expect(due_in).toBeGreaterThan(8);
});

test('a worker can claim work as soon as the queue has it', async () => {
  await queueMails(bench(), [TO]);
  await makeDue();
  await bench().rows('update email set leased = true returning 1');
  const claimed: ClaimedEmail[] = [];
  const eager: Pick<Queues, 'queue'> = {
    queue: () => ({
      getJobCounts: () => Promise.resolve({}),
      isPaused: () => Promise.resolve(false),
      addBulk: async (added: NewJob<QueueName>[]) => {
        for (const { data } of added)
          if ('emails' in data) claimed.push(...(await claimEmails(bench().context(), data.emails)));
      },
    }),
  };
  await sweep(bench().em, { ...bench().queues, ...eager });
  expect(claimed).toHaveLength(1);
});

test('queues a whole backlog, and nothing twice with two sweepers', async () => {
  const to = Array.from({ length: 450 }, (_, n) => `${String(n)}@example.com`);
  await queueMails(bench(), to);
  await makeDue();
  await Promise.all([sweep(bench().em, bench().queues), sweep(bench().em, bench().queues)]);
  expect((await jobs()).flatMap(({ data }) => data.emails)).toHaveLength(450);
  expect((await jobs()).length).toBeLessThanOrEqual(11);
});

test('adds nothing to a long or paused queue', async () => {
  await queueMails(bench(), [TO]);
  await makeDue();
  const { queues } = bench();
  const busy = {
    getJobCounts: () => Promise.resolve({ waiting: 500 }),
    isPaused: () => Promise.resolve(false),
    addBulk: () => Promise.reject(new Error('added')),
  };
  await sweep(bench().em, { ...queues, queue: () => busy });
  expect(await jobs()).toEqual([]);

  const [emailQueue] = queues.all();
  await emailQueue?.pause();
  await sweep(bench().em, queues);
  expect(await jobs()).toEqual([]);
  await emailQueue?.resume();
  await sweep(bench().em, queues);
  expect(await jobs()).toHaveLength(1);
});
