import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { mailFrom } from '../testing/worker-test.ts';
import type { Mail } from './mailer.ts';
import { createRecordingMailer } from './recording-mailer.ts';

const mail: Mail = {
  kind: 'mail',
  messageId: '<1@gatehouse.example>',
  date: new Date(),
  from: null,
  to: 'grace@example.com',
  subject: 'Grüße',
  text: 'Hello https://example.com/secret\n',
  html: '<p>Hello</p>',
};
const { signal } = new AbortController();

test('stores an unsent mail in the data directory, readable only by its owner', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-mail-'));
  try {
    const delivery = await createRecordingMailer(dataDir, mailFrom).deliver('the-id', mail, signal);
    expect(delivery).toEqual({ status: 'suppressed', reason: null });
    const path = join(dataDir, 'mail', 'the-id.eml');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'mail')).mode & 0o777).toBe(0o700);
    const parsed = await simpleParser(readFileSync(path));
    expect(parsed).toMatchObject({ messageId: mail.messageId, subject: 'Grüße', text: mail.text });
    expect(parsed.from?.value).toEqual([{ name: 'Gatehouse', address: 'gatehouse@example.com' }]);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test('only records the mail without a data directory', async () => {
  expect(await createRecordingMailer(null, mailFrom).deliver('id', mail, signal)).toEqual({
    status: 'suppressed',
    reason: null,
  });
});

test('fails for an invalid address', async () => {
  const to = 'grace@example.com, eve@example.com';
  expect(await createRecordingMailer(null, mailFrom).deliver('id', { ...mail, to }, signal)).toMatchObject({
    status: 'failed',
  });
});

test('deletes copies of mails that the database no longer keeps, including unfinished ones', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-mail-'));
  try {
    const mailer = createRecordingMailer(dataDir, mailFrom);
    for (const id of ['kept', 'erased']) await mailer.deliver(id, mail, signal);
    writeFileSync(join(dataDir, 'mail', 'erased.eml.1'), '');
    await mailer.tidy((ids) => Promise.resolve(new Set(ids.filter((id) => id === 'kept'))));
    expect(readdirSync(join(dataDir, 'mail'))).toEqual(['kept.eml']);
    await createRecordingMailer(join(dataDir, 'none'), mailFrom).tidy(() =>
      Promise.reject(new Error('the lookup was not expected')),
    );
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
