import { DeletionId } from '@gatehouse/contract/ids';
import { deleteDeveloper } from '@gatehouse/core/developer/delete-developer';
import { inviteDeveloper } from '@gatehouse/core/developer/invite-developer';
import { eraseBatch } from '@gatehouse/core/deletion/erase-batch';
import { expect, test } from 'vitest';
import { createRecordingMailer } from './email/recording-mailer.ts';
import { eraseDevelopers } from './handlers/erase-developer.ts';
import { emails, queueMails } from './testing/mails.ts';
import { startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { eventually, mailFrom, smtpMailer, workerTest } from './testing/worker-test.ts';

const bench = workerTest();
const recording = createRecordingMailer(null, mailFrom);

test('sends each of many mails once with two workers', async () => {
  await using sink = await startSmtpSink();
  const mailers = [smtpMailer(sink.url), smtpMailer(sink.url)] as const;
  await using _one = await bench().worker(mailers[0]);
  await using _other = await bench().worker(mailers[1]);
  const to = Array.from({ length: 60 }, (_, n) => `${String(n)}@example.com`);
  await Promise.all(to.map((address) => queueMails(bench(), [address])));
  await eventually(async () => (await emails(bench())).every(({ status }) => status === 'sent'));
  expect(sink.mails).toHaveLength(60);
  expect(sink.attempts.toSorted()).toEqual(to.toSorted());
  for (const mailer of mailers) mailer.close();
});

test('sends queued mails once the mail server is back', async () => {
  const sink = await startSmtpSink();
  await sink[Symbol.asyncDispose]();
  const mailer = smtpMailer(sink.url);
  await using _worker = await bench().worker(mailer);
  await queueMails(bench(), ['a@example.com', 'b@example.com']);
  await eventually(async () => (await emails(bench())).every(({ last_error }) => last_error !== null));
  await using again = await startSmtpSink(sink.port);
  await bench().rows('update email set due_at = now() returning 1');
  await eventually(async () => (await emails(bench())).every(({ status }) => status === 'sent'));
  expect(again.mails).toHaveLength(2);
  mailer.close();
});

test('erases a deleted developer', async () => {
  await using _worker = await bench().worker(recording);
  const portal_id = bench().portalId;
  const person = { portal_id, username: 'to be deleted', password: 'correct horse battery staple' };
  const { developer_id } = await inviteDeveloper.execute(bench().context(), person);
  const { id } = await deleteDeveloper.execute(bench().context(), { portal_id, developer_id });
  const status = async () =>
    (await bench().rows<{ status: string }>('select status from deletion where id = ?', [id]))[0]?.status;
  await eventually(async () => (await status()) === 'completed');
  expect(await bench().rows('select 1 from developer where developer_id = ?', [developer_id])).toEqual([]);
});

test('makes an interrupted deletion due immediately', async () => {
  const portal_id = bench().portalId;
  const person = { portal_id, username: 'half erased', password: 'correct horse battery staple' };
  const { developer_id } = await inviteDeveloper.execute(bench().context(), person);
  const { id } = await deleteDeveloper.execute(bench().context(), { portal_id, developer_id });
  await eraseBatch(bench().context(), DeletionId.parse(id), () => true);
  const dueIn = async () =>
    (
      await bench().rows<{ due_in: number }>(
        'select extract(epoch from due_at - clock_timestamp())::float8 as due_in from deletion where id = ?',
        [id],
      )
    )[0]?.due_in;
  expect(await dueIn()).toBeGreaterThan(5);
  expect(await dueIn()).toBeLessThan(7);
  await eraseDevelopers(
    { ...bench().deps(recording), ending: AbortSignal.abort() },
    { deletions: [DeletionId.parse(id)] },
  );
  expect(await dueIn()).toBeLessThan(0);
});

test('sends a mail once, even if the queue loses its job before the relay commits', async () => {
  await using sink = await startSmtpSink();
  sink.treat('a@example.com', 'never answer');
  const mailer = smtpMailer(sink.url);
  await using _one = await bench().worker(mailer);
  await using _other = await bench().worker(mailer);
  await queueMails(bench(), ['a@example.com']);
  await eventually(() => sink.attempts.length > 0);
  const [email] = await bench().rows<{ event_id: string }>('select event_id from email');
  await bench().rows('delete from bullmq.job returning 1');
  await bench().rows('insert into outbox (event_id) values (?) returning 1', [email?.event_id]);
  await bench().rows(`notify gatehouse_outbox`);
  await eventually(async () => (await bench().rows(`select 1 from bullmq.job where state = 'completed'`)).length > 0);
  expect(sink.attempts).toHaveLength(1);
  mailer.close();
});

test('leaves a job with an invalid payload to the retries of the queue, with the reason', async () => {
  await using _worker = await bench().worker(recording);
  const [queue] = bench().queues.all();
  const data = { emails: [{ email_id: 'no id' }], password: 'x' };
  const job = await queue?.add('deliver-email', data, { jobId: 'foreign', attempts: 2, backoff: 1 });
  await eventually(async () => (await job?.getState()) === 'failed');
  const failed = await queue?.getJob('foreign');
  expect(failed?.attemptsMade).toBe(2);
  expect(failed?.failedReason).toMatch(/^Invalid job payload: \/emails\/0\/email_id: .*\/attempt: .*\/: Unknown field/);
});

test('stops despite a stalled mail server, and keeps the mail queued', async () => {
  await using sink = await startSmtpSink();
  sink.treat('a@example.com', 'never answer');
  const mailer = smtpMailer(sink.url);
  const worker = await bench().worker(mailer);
  await queueMails(bench(), ['a@example.com']);
  await eventually(() => sink.attempts.length > 0);
  const begin = performance.now();
  await worker[Symbol.asyncDispose]();
  mailer.close();
  expect(performance.now() - begin).toBeLessThan(900);
  const [mail] = await emails(bench());
  expect(mail).toMatchObject({ status: 'queued', attempts: 1 });
  expect(mail?.due_in, 'another worker continues immediately').toBeLessThan(0);
});
