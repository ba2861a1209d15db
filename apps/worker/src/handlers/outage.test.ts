import { Writable } from 'node:stream';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRecordingMailer } from '../email/recording-mailer.ts';
import { HANDLERS } from '../handlers.ts';
import { emailTo, queueMails } from '../testing/mails.ts';
import { eventually, mailFrom, workerTest } from '../testing/worker-test.ts';

/** The connection that waits for the lock on the table. */
const CUT_OFF = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like '%portal%'`;
const TO = 'grace@example.com';
const bench = workerTest();
let blocker: pg.Client;

beforeEach(async () => {
  blocker = new pg.Client({ connectionString: bench().databaseUrl });
  await blocker.connect();
});
afterEach(() => blocker.end());

/** Runs a job for the mail as the queue would, and returns the log lines. */
async function runJob(): Promise<{ failed: boolean; levels: number[] }> {
  const { id } = await emailTo(bench(), TO);
  const lines: string[] = [];
  const output = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const deps = { ...bench().deps(createRecordingMailer(null, mailFrom)), log: pino(output) };
  const job = { id: 'job', data: { email_id: id, attempt: 0 }, attemptsMade: 0 };
  const failed = await HANDLERS['deliver-email'](
    deps,
    'deliver-email',
  )(job).then(
    () => false,
    () => true,
  );
  return { failed, levels: lines.map((line) => Number(/"level":(\d+)/.exec(line)?.[1])) };
}

test('logs a warning and counts no attempt if the database fails while a mail is composed', async () => {
  await queueMails(bench(), [TO]);
  await blocker.query('begin; lock table portal in access exclusive mode');
  const running = runJob();
  await eventually(async () => (await bench().rows(CUT_OFF)).length > 0);
  await blocker.query('rollback');
  expect(await running).toEqual({ failed: true, levels: [40] });
  expect(await emailTo(bench(), TO)).toMatchObject({ status: 'queued', attempts: 0 });
  expect(await runJob()).toEqual({ failed: false, levels: [30] });
  expect(await emailTo(bench(), TO)).toMatchObject({ status: 'suppressed', attempts: 1 });
});
