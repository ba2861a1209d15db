import { deleteDeveloper } from '@gatehouse/core/developer/delete-developer';
import { resendEmail } from '@gatehouse/core/email/resend-email';
import { inviteDeveloper } from '@gatehouse/core/developer/invite-developer';
import type { Queues } from '@gatehouse/queue/queues';
import { describe, expect, test } from 'vitest';
import { emails, emailTo, queueMails } from '../testing/mails.ts';
import { workerTest } from '../testing/worker-test.ts';
import { relayBatch } from './outbox-relay.ts';

const bench = workerTest();
const relay = (queues: Pick<Queues, 'queue'> = bench().queues) => relayBatch(bench().em, queues);
type JobRow = { id: string; queue: string; data: { emails?: { email_id: string; attempt: number }[] } };
const jobs = () => bench().rows<JobRow>('select id, queue, data from bullmq.job order by id');
const mailsInJobs = async () => (await jobs()).flatMap(({ data }) => data.emails ?? []);
const outbox = () => bench().rows('select event_id from outbox');

describe('the relay', () => {
  test('queues committed events exactly once', async () => {
    await queueMails(bench(), ['a@example.com', 'b@example.com']);
    await expect(queueMails(bench(), ['c@example.com'], { fail: true })).rejects.toThrow('undone');
    expect(await relay()).toBe(1);
    expect(await relay()).toBe(0);
    const queued = (await emails(bench())).map(({ id }) => ({ email_id: id, attempt: 0 }));
    expect(await jobs()).toMatchObject([{ queue: 'deliver-email', data: { emails: expect.arrayContaining(queued) } }]);
    expect(await mailsInJobs()).toHaveLength(2);
    expect(await outbox()).toEqual([]);
  });

  test('queues the same jobs again after a crash before the commit, without duplicates', async () => {
    await queueMails(bench(), ['a@example.com']);
    const crashing: Pick<Queues, 'queue'> = {
      queue: (name) => ({
        getJobCounts: () => Promise.resolve({}),
        isPaused: () => Promise.resolve(false),
        addBulk: async (list) => {
          await bench().queues.queue(name).addBulk(list);
          throw new Error('crashed');
        },
      }),
    };
    await expect(relay(crashing)).rejects.toThrow('crashed');
    expect(await outbox()).toHaveLength(1);
    expect(await relay()).toBe(1);
    expect(await jobs()).toHaveLength(1);
  });

  test('queues nothing twice with concurrent relays', async () => {
    for (let n = 0; n < 30; n += 1) await queueMails(bench(), [`${String(n)}@example.com`]);
    const counts = await Promise.all([relay(), relay(), relay()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(new Set((await mailsInJobs()).map(({ email_id }) => email_id)).size).toBe(30);
    expect(await mailsInJobs()).toHaveLength(30);
  });

  test('queues a mail that is sent again', async () => {
    await queueMails(bench(), ['a@example.com']);
    await relay();
    await bench().rows(`update email set status = 'failed', attempts = 3 returning 1`);
    const { id } = await emailTo(bench(), 'a@example.com');
    await resendEmail.execute(bench().context(), { email_id: id });
    expect(await relay()).toBe(1);
    expect(await mailsInJobs()).toContainEqual({ email_id: id, attempt: 3 });
  });

  test('puts at most 50 mails into one job', async () => {
    await queueMails(
      bench(),
      Array.from({ length: 120 }, (_, n) => `${String(n)}@example.com`),
    );
    expect(await relay()).toBe(1);
    expect((await jobs()).map(({ data }) => data.emails?.length ?? 0).toSorted((a, b) => a - b)).toEqual([20, 50, 50]);
  });

  test('skips a mail that is no longer queued', async () => {
    await queueMails(bench(), ['a@example.com']);
    await bench().rows(`update email set status = 'sent' returning 1`);
    expect(await relay()).toBe(1);
    expect(await jobs()).toEqual([]);
  });

  test('queues a deletion', async () => {
    const portal_id = bench().portalId;
    const person = { portal_id, username: 'to be deleted', password: 'correct horse battery staple' };
    const { developer_id } = await inviteDeveloper.execute(bench().context(), person);
    await relay();
    const { id } = await deleteDeveloper.execute(bench().context(), { portal_id, developer_id });
    await relay();
    expect(await jobs()).toEqual([expect.objectContaining({ queue: 'erase-developer', data: { deletions: [id] } })]);
  });
});
