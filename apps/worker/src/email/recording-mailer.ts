import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Address } from '@gatehouse/process/setting-types';
import type { Mailer } from './mailer.ts';
import { toMessage } from './message.ts';

/**
 * Replaces a mail server: the delivery log shows `suppressed`, and the full mail is stored in
 * `<dataDir>/mail/<id>.eml`. Only its owner can read that file, because its links grant access. Rejects if it cannot be
 * written.
 */
export function createRecordingMailer(dataDir: string | null, mailFrom: Address): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true });
  return {
    async deliver(emailId, mail) {
      const message = toMessage(mail, mailFrom);
      if (message === null)
        return { status: 'failed', reason: 'The sender or recipient is not a valid email address.' };
      if (dataDir !== null) {
        const { message: whole } = await composer.sendMail(message);
        if (!Buffer.isBuffer(whole)) throw new Error('nodemailer returned a stream instead of a buffer.');
        await keep(join(dataDir, 'mail'), emailId, whole);
      }
      return { status: 'suppressed', reason: null };
    },
    async tidy(kept) {
      if (dataDir !== null) await removeAllBut(kept, join(dataDir, 'mail'));
    },
    close: () => undefined,
  };
}

/** Writes the file atomically. */
async function keep(directory: string, emailId: string, content: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${emailId}.eml`);
  const unfinished = `${path}.${String(process.pid)}`;
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, path);
}

/** Files per database query. */
const BATCH = 1000;

/** Deletes copies of mails that the database no longer keeps. */
async function removeAllBut(kept: (ids: string[]) => Promise<Set<string>>, directory: string): Promise<void> {
  const names = existsSync(directory) ? (await readdir(directory)).filter((name) => name.includes('.eml')) : [];
  for (let from = 0; from < names.length; from += BATCH) {
    const some = names.slice(from, from + BATCH);
    const known = await kept(some.map(idOf));
    const gone = some.filter((name) => !known.has(idOf(name)));
    await Promise.all(gone.map((name) => rm(join(directory, name), { force: true })));
  }
}

/** Also works for a copy that was not finished. */
const idOf = (name: string): string => name.slice(0, name.indexOf('.eml'));
