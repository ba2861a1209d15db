import { rowId } from '@gatehouse/contract/ids';
import { watchRuns } from '@gatehouse/db/statement';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mailer } from '../email/mailer.ts';
import { sweep } from '../relay/sweeper.ts';
import { emails, emailTo, queueMails } from '../testing/mails.ts';
import { createSmtpMailer } from '../email/smtp-mailer.ts';
import { eventually, mailFrom, smtpMailer, workerTest } from '../testing/worker-test.ts';
import { deliverEmails } from './deliver-email.ts';

const bench = workerTest();
let sink: SmtpSink;
let mailer: Mailer;

beforeEach(async () => {
  sink = await startSmtpSink();
  mailer = smtpMailer(sink.url);
});
afterEach(async () => {
  mailer.close();
  await sink[Symbol.asyncDispose]();
});

const addresses = (count: number): string[] => Array.from({ length: count }, (_, n) => `${String(n)}@example.com`);

const handed = async () => (await emails(bench())).map(({ id, attempts }) => ({ email_id: id, attempt: attempts }));

const inStatus = async (status: string): Promise<number> =>
  (await emails(bench())).filter((email) => email.status === status).length;

test('a mail that stalls and one that is refused do not delay the others of their job or of the next', async () => {
  const to = addresses(50);
  await queueMails(bench(), to);
  const first = await handed();
  sink.treat('0@example.com', 'never answer');
  sink.treat('1@example.com', { code: 550, text: '5.1.1 No such user' });
  const stop = new AbortController();
  const timeouts = { connection: 60_000, greeting: 60_000, socket: 60_000, total: 60_000 };
  const patient = createSmtpMailer({ smtpUrl: sink.url, mailFrom, timeouts });
  const deps = { ...bench().deps(patient), stopping: stop.signal };
  const delivering = deliverEmails(deps, { emails: first });
  await eventually(async () => (await inStatus('sent')) === 48 && (await inStatus('failed')) === 1);
  await queueMails(bench(), ['next@example.com']);
  const { id } = await emailTo(bench(), 'next@example.com');
  expect(await deliverEmails(deps, { emails: [{ email_id: id, attempt: 0 }] })).toEqual({ mails: 1, sent: 1 });
  stop.abort();
  expect(await delivering).toEqual({ mails: 50, sent: 48, failed: 1, interrupted: 1 });
  expect(await emailTo(bench(), '0@example.com')).toMatchObject({ status: 'queued', attempts: 1 });
  expect(sink.attempts).toHaveLength(51);
  patient.close();
});

test('50 mails are claimed and composed with as many statements as one mail', async () => {
  await queueMails(bench(), addresses(50));
  const texts: string[] = [];
  const unwatch = watchRuns(({ text }) => void texts.push(text));
  try {
    expect(await deliverEmails(bench().deps(mailer), { emails: await handed() })).toEqual({ mails: 50, sent: 50 });
  } finally {
    unwatch();
  }
  const settling = texts.filter((text) => text.includes('outcome.status'));
  expect(texts.length - settling.length).toBe(2);
  expect(settling.length).toBeLessThan(25);
});

test('mails that cannot be composed or no longer apply do not affect the others', async () => {
  await queueMails(bench(), addresses(4));
  await bench().rows(`update email set kind = 'verify_email', data = '{}' where "to" = '1@example.com' returning 1`);
  await bench().rows(`update email set kind = 'suspended' where "to" = '2@example.com' returning 1`);
  const result = await deliverEmails(bench().deps(mailer), { emails: await handed() });
  expect(result).toEqual({ mails: 4, sent: 2, queued: 1, suppressed: 1 });
  expect(await emailTo(bench(), '1@example.com')).toMatchObject({ status: 'queued', attempts: 1 });
  expect(await emailTo(bench(), '2@example.com')).toMatchObject({ status: 'suppressed' });
});

test('overlapping jobs send each mail once', async () => {
  await queueMails(bench(), addresses(50));
  const all = await handed();
  const jobs = [all, all.toReversed(), all.slice(10), all.slice(0, 30)];
  await Promise.all(jobs.map((some) => deliverEmails(bench().deps(mailer), { emails: some })));
  expect(sink.attempts).toHaveLength(50);
  expect(await inStatus('sent')).toBe(50);
});

test('a job of an earlier release, which names one mail, is still done', async () => {
  await queueMails(bench(), ['a@example.com']);
  const { id } = await emailTo(bench(), 'a@example.com');
  await using _worker = await bench().worker(mailer);
  const [queue] = bench().queues.all();
  const job = await queue?.add('deliver-email', { email_id: id, attempt: 0 }, { jobId: 'earlier' });
  await eventually(async () => (await job?.getState()) === 'completed');
  expect((await queue?.getJob('earlier'))?.returnvalue).toEqual({ mails: 1, sent: 1 });
});

test('a worker that stops makes the mails of a job that has not begun due immediately', async () => {
  await queueMails(bench(), ['a@example.com']);
  const deps = { ...bench().deps(mailer), ending: AbortSignal.abort() };
  expect(await deliverEmails(deps, { emails: await handed() })).toEqual({ mails: 1, released: 1 });
  expect((await emailTo(bench(), 'a@example.com')).due_in).toBeLessThanOrEqual(0);
  await sweep(bench().em, bench().queues);
  const [job] = await bench().rows<{ data: unknown }>('select data from bullmq.job');
  expect(job?.data).toEqual({ emails: await handed() });
});

test('an unknown mail does not affect the others', async () => {
  await queueMails(bench(), ['a@example.com']);
  const unknown = { email_id: rowId.email.parse('01890a5d-ac96-774b-bcce-b302099a8057'), attempt: 0 };
  const result = await deliverEmails(bench().deps(mailer), { emails: [unknown, ...(await handed())] });
  expect(result).toEqual({ mails: 2, sent: 1 });
});
