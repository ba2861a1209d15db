import { describe, expect, test } from 'vitest';
import { mailFrom } from '../testing/worker-test.ts';
import { type Script, type Stage, STAGES, startScriptedSmtp } from '../testing/scripted-smtp.ts';
import type { Delivery } from '@gatehouse/core/email/settle-emails';
import type { Mail } from './mailer.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

const mail: Mail = {
  kind: 'mail',
  messageId: '<1@gatehouse.example>',
  date: new Date(),
  from: null,
  to: 'grace@example.com',
  subject: 'Hello',
  text: 'Hello\n',
  html: '<p>Hello</p>',
};

/** Milliseconds. Short, because tests wait for the silent servers to time out. */
const timeouts = { connection: 400, greeting: 400, socket: 400, total: 1500 };

/** Makes one attempt at an actual SMTP conversation. */
async function attempt(script: Script): Promise<Delivery> {
  await using server = await startScriptedSmtp(script);
  const login = script.stage === 'AUTH' ? 'gate:secret@' : '';
  const tls = script.stage === 'STARTTLS' ? '?requireTLS=true' : '';
  const smtpUrl = `smtp://${login}127.0.0.1:${String(server.port)}/${tls}`;
  const mailer = createSmtpMailer({ smtpUrl, mailFrom, timeouts });
  const delivery = await mailer.deliver('id', mail, new AbortController().signal);
  mailer.close();
  return delivery;
}

/** `later`: queued, as for a busy server. `us`: queued, and logged as an error. */
type Outcome = 'later' | 'us' | 'failed';

const REPLIES: [Stage, string, Outcome][] = [
  ['greeting', '421 4.3.2 shutting down', 'later'],
  ['greeting', '554 5.3.2 no mail service here', 'us'],
  ['greeting', '521 does not accept mail', 'us'],
  ['EHLO', '421 4.7.0 too many connections', 'later'],
  ['EHLO', '550 5.7.1 host name rejected', 'us'],
  ['STARTTLS', '454 4.7.0 TLS is not available', 'later'],
  ['STARTTLS', '501 5.5.4 no parameters allowed', 'us'],
  ['AUTH', '454 4.7.0 temporary authentication failure', 'later'],
  ['AUTH', '535 5.7.8 credentials rejected', 'us'],
  ['AUTH', '534 5.7.9 mechanism is too weak', 'us'],
  ['AUTH', '538 5.7.11 encryption required', 'us'],
  ['AUTH', '504 5.5.4 unknown mechanism', 'us'],
  ['MAIL FROM', '451 4.7.1 greylisted', 'later'],
  ['MAIL FROM', '452 4.3.1 out of storage', 'later'],
  ['MAIL FROM', '530 5.7.0 authentication required', 'us'],
  ['MAIL FROM', '550 5.7.1 not your sender address', 'us'],
  ['MAIL FROM', '553 5.1.8 domain of the sender does not exist', 'us'],
  ['MAIL FROM', '552 5.3.4 too large', 'us'],
  ['MAIL FROM', '555 5.5.4 unsupported parameter', 'us'],
  ['MAIL FROM', '503 5.5.1 nested MAIL', 'later'],
  ['RCPT TO', '450 4.2.1 mailbox is busy', 'later'],
  ['RCPT TO', '451 4.7.1 greylisted', 'later'],
  ['RCPT TO', '452 4.2.2 mailbox is full', 'later'],
  ['RCPT TO', '530 5.7.0 authentication required', 'us'],
  ['RCPT TO', '530 authentication required', 'us'],
  ['RCPT TO', '535 5.7.8 sign in first', 'us'],
  ['RCPT TO', '554 5.7.1 relay access denied', 'us'],
  ['RCPT TO', '550-5.7.26 the sender is not authenticated\r\n550 5.7.26 see the manual', 'us'],
  ['RCPT TO', '553 5.1.8 domain of the sender does not exist', 'us'],
  ['RCPT TO', '503 5.5.1 MAIL first', 'later'],
  ['RCPT TO', '550 5.1.1 no such user', 'failed'],
  ['RCPT TO', '550 no such user', 'failed'],
  ['RCPT TO', '551 5.1.6 user has moved', 'failed'],
  ['RCPT TO', '552 5.2.2 mailbox is full', 'failed'],
  ['RCPT TO', '501 5.1.3 bad address', 'failed'],
  ['RCPT TO', '556 5.1.10 domain takes no mail', 'failed'],
  ['DATA', '451 4.3.0 try again', 'later'],
  ['DATA', '554 5.5.1 no valid recipients', 'failed'],
  ['message', '451 4.3.0 queue file could not be written', 'later'],
  ['message', '452 4.3.1 out of storage', 'later'],
  ['message', '530 5.7.0 authentication required', 'us'],
  ['message', '550 5.7.1 looks like spam', 'failed'],
  ['message', '552 5.3.4 too large', 'failed'],
  ['message', '554 5.6.0 malformed', 'failed'],
];

const EXPECTED: Record<Outcome, object> = {
  later: { status: 'queued', refusesUs: false },
  us: { status: 'queued', refusesUs: true },
  failed: { status: 'failed' },
};

describe('a mail server that replies', () => {
  test.concurrent.each(REPLIES)('%s with %s: %s', async (stage, reply, outcome) => {
    const delivery = await attempt({ stage, reply });
    expect(delivery).toMatchObject(EXPECTED[outcome]);
    expect(delivery).toHaveProperty('reason', expect.stringContaining(reply.slice(0, 3)));
  });
});

describe('a mail server that stops responding', () => {
  test.concurrent.each(STAGES)('at %s causes a retry', async (stage) => {
    const begin = performance.now();
    expect(await attempt({ stage, reply: null })).toMatchObject(EXPECTED.later);
    expect(performance.now() - begin).toBeLessThan(5 * timeouts.total);
  });
});

test.concurrent.each(STAGES)('stops after the total time if the reply at %s never ends', async (stage) => {
  const begin = performance.now();
  expect(await attempt({ stage, reply: 'endless' })).toMatchObject(EXPECTED.later);
  expect(performance.now() - begin).toBeLessThan(5 * timeouts.total);
});

test('sends a mail that the server accepts', async () => {
  expect(await attempt({ stage: 'message', reply: '250 2.0.0 taken' })).toEqual({ status: 'sent' });
});
