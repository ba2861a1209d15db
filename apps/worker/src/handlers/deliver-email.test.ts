import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emailTo, queueMails } from '../testing/mails.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { eventually, smtpMailer, workerTest } from '../testing/worker-test.ts';
import type { Mailer } from '../email/mailer.ts';
import { deliverEmails } from './deliver-email.ts';

const TO = 'grace@example.com';
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

/** The log lines of an attempt. */
async function deliver(attempt: number, with_ = mailer): Promise<unknown[]> {
  const { id } = await emailTo(bench(), TO);
  const lines: unknown[] = [];
  const output = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
  await deliverEmails({ ...bench().deps(with_), log: pino(output) }, { emails: [{ email_id: id, attempt }] });
  return lines;
}

describe('a mail that the server accepts', () => {
  test('is sent once, with its Message-ID and a request for no automatic replies', async () => {
    await queueMails(bench(), [TO]);
    await deliver(0);
    await deliver(0);
    await deliver(1);
    const row = await emailTo(bench(), TO);
    expect(row).toMatchObject({ status: 'sent', attempts: 1, last_error: null });
    expect(sink.mails).toHaveLength(1);
    const mail = sink.mails[0];
    expect(mail?.messageId).toBe(row.message_id);
    expect(mail?.subject).toBe('Your registration at Portal was declined');
    expect(mail?.from?.text).toBe('"Gatehouse" <gatehouse@example.com>');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.headers.get('x-auto-response-suppress')).toBe('All');
    expect(mail?.text).toContain('No reason at all.');
    expect(mail?.html).toContain('No reason at all.');
  });

  test('is sent once by concurrent workers', async () => {
    await queueMails(bench(), [TO]);
    await Promise.all(Array.from({ length: 8 }, () => deliver(0)));
    expect(sink.mails).toHaveLength(1);
  });
});

test('does not send a mail that another worker is sending, whichever job names it', async () => {
  sink.treat(TO, 'never answer');
  await queueMails(bench(), [TO]);
  const inHand = deliver(0);
  await eventually(() => sink.attempts.length === 1);
  await deliver(1);
  await deliver(0);
  expect(sink.attempts).toHaveLength(1);
  await inHand;
  expect(await emailTo(bench(), TO)).toMatchObject({ status: 'queued', attempts: 1 });
});

describe('a server refusal', () => {
  test('that is temporary causes a retry', async () => {
    sink.treat(TO, { code: 451, text: '4.7.1 Greylisted,\r\n try later' });
    await queueMails(bench(), [TO]);
    await deliver(0);
    const row = await emailTo(bench(), TO);
    expect(row).toMatchObject({ status: 'queued', attempts: 1 });
    expect(row.last_error).toMatch(/^451 4\.7\.1 Greylisted, ?try later$/);
    expect(row.due_in).toBeGreaterThan(3);
    expect(row.due_in).toBeLessThan(7);
    sink.treat(TO, 'take');
    await deliver(1);
    expect(await emailTo(bench(), TO)).toMatchObject({ status: 'sent', attempts: 2, last_error: null });
  });

  test('that is permanent fails the mail immediately, with its reason', async () => {
    sink.treat(TO, { code: 550, text: '5.1.1 No such user' });
    await queueMails(bench(), [TO]);
    expect(await deliver(0)).toMatchObject([{ level: 40, reason: '550 5.1.1 No such user' }]);
    expect(await emailTo(bench(), TO)).toMatchObject({ status: 'failed', last_error: '550 5.1.1 No such user' });
  });

  test('of the service causes a retry, and no reason contains the password', async () => {
    const wrong = smtpMailer(sink.url.replace('//', '//gate:s3cr%C3%A9t%2F@'));
    await queueMails(bench(), [TO]);
    expect(await deliver(0, wrong)).toMatchObject([{ level: 50, reason: '535 5.7.8 no gate with [secret]' }]);
    wrong.close();
    const row = await emailTo(bench(), TO);
    expect(row).toMatchObject({ status: 'queued' });
    expect(row.last_error).toBe('535 5.7.8 no gate with [secret]');
  });
});

describe('a connection', () => {
  test('that is dropped in the middle of a message causes a retry', async () => {
    sink.treat(TO, 'drop');
    await queueMails(bench(), [TO]);
    await deliver(0);
    expect(await emailTo(bench(), TO)).toMatchObject({ status: 'queued', attempts: 1 });
    sink.treat(TO, 'take');
    await deliver(1);
    expect(await emailTo(bench(), TO)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(sink.mails).toHaveLength(1);
  });

  test('that is refused succeeds once the server is back', async () => {
    await queueMails(bench(), [TO]);
    await sink[Symbol.asyncDispose]();
    expect(await deliver(0)).toMatchObject([{ level: 40, reason: expect.stringContaining('ECONNREFUSED') }]);
    const row = await emailTo(bench(), TO);
    expect(row).toMatchObject({ status: 'queued' });
    expect(row.last_error).toContain('ECONNREFUSED');
    sink = await startSmtpSink(sink.port);
    expect(await deliver(1)).toMatchObject([{ level: 30 }]);
    expect(await emailTo(bench(), TO)).toMatchObject({ status: 'sent' });
  });

  test('that stalls does not delay other mails', async () => {
    sink.treat(TO, 'never answer');
    await queueMails(bench(), [TO, 'other@example.com']);
    const stalled = deliver(0);
    const { id } = await emailTo(bench(), 'other@example.com');
    await deliverEmails(bench().deps(mailer), { emails: [{ email_id: id, attempt: 0 }] });
    expect(await emailTo(bench(), 'other@example.com')).toMatchObject({ status: 'sent' });
    await stalled;
    expect(await emailTo(bench(), TO)).toMatchObject({ status: 'queued', attempts: 1 });
  });
});

test('suppresses a mail that no longer applies', async () => {
  await queueMails(bench(), [TO]);
  await bench().rows(`update email set kind = 'registration_accepted', developer_uid = null returning 1`);
  await deliver(0);
  expect(await emailTo(bench(), TO)).toMatchObject({
    status: 'suppressed',
    last_error: 'The developer has been deleted.',
  });
  expect(sink.attempts).toEqual([]);
});

test('fails after 48 hours with the last reason', async () => {
  sink.treat(TO, { code: 421, text: '4.3.2 Closing' });
  await queueMails(bench(), [TO]);
  await bench().rows(`update email set queued_at = now() - interval '48 hours' returning 1`);
  await deliver(0);
  expect(await emailTo(bench(), TO)).toMatchObject({ status: 'failed', last_error: '421 4.3.2 Closing' });
});

test('increases the pause between attempts up to 15 minutes', async () => {
  sink.treat(TO, { code: 450, text: 'busy' });
  const pauseAfter = async (attempts: number): Promise<number> => {
    await bench().rows(`update email set attempts = ?, queued_at = now() - interval '1 day' returning 1`, [
      attempts - 1,
    ]);
    await deliver(attempts - 1);
    return (await emailTo(bench(), TO)).due_in;
  };
  await queueMails(bench(), [TO]);
  const fourth = await pauseAfter(4);
  expect(fourth).toBeGreaterThan(28);
  expect(fourth).toBeLessThan(51);
  const hundredth = await pauseAfter(100);
  expect(hundredth).toBeGreaterThan(600);
  expect(hundredth).toBeLessThan(1126);
});

test('does not start a header at a line break in a name', async () => {
  const sender = { name: 'Portal\r\nBcc: eve@example.com', email: 'portal@example.com' };
  await bench().rows(`update portal set settings = jsonb_set(settings, '{sender}', ?::jsonb) returning 1`, [
    JSON.stringify(sender),
  ]);
  await queueMails(bench(), [TO]);
  await bench().rows(`update email set subject = ? returning 1`, ['Hello\r\nX-Evil: yes\u2028\n\nbody']);
  await deliver(0);
  await bench().rows(`update portal set settings = jsonb_set(settings, '{sender}', 'null') returning 1`);
  const received = sink.mails[0];
  expect(received?.from?.value).toEqual([{ name: 'Portal Bcc: eve@example.com', address: 'portal@example.com' }]);
  expect(received?.subject).toBe('Hello X-Evil: yes body');
  expect(received?.headers.has('x-evil')).toBe(false);
  expect(received?.headers.has('bcc')).toBe(false);
  expect(sink.attempts).toEqual([TO]);
});
