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

test('an unsent mail lies in the data directory, for its owner alone', async () => {
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

test('without a data directory it is only recorded', async () => {
  expect(await createRecordingMailer(null, mailFrom).deliver('id', mail, signal)).toEqual({
    status: 'suppressed',
    reason: null,
  });
});

test('what is no address gets no mail', async () => {
  const to = 'grace@example.com, eve@example.com';
  expect(await createRecordingMailer(null, mailFrom).deliver('id', { ...mail, to }, signal)).toMatchObject({
    status: 'failed',
  });
});

test('what the database no longer keeps is forgotten here too, unfinished copies among it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-mail-'));
  try {
    const mailer = createRecordingMailer(dataDir, mailFrom);
    for (const id of ['kept', 'erased']) await mailer.deliver(id, mail, signal);
    writeFileSync(join(dataDir, 'mail', 'erased.eml.1'), '');
    await mailer.tidy((ids) => Promise.resolve(new Set(ids.filter((id) => id === 'kept'))));
    expect(readdirSync(join(dataDir, 'mail'))).toEqual(['kept.eml']);
    await createRecordingMailer(join(dataDir, 'none'), mailFrom).tidy(() => Promise.reject(new Error('asked in vain')));
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
