import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, createApplication, createSubscription, newPortal, PASSWORD, register, until } from './api.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

let sink: SmtpSink;
let system: System;
let portal: string;
beforeAll(async () => {
  sink = await startSmtpSink();
  system = await startSystem({ smtpUrl: sink.url, env: { RATE_LIMITS: 'off' } });
  portal = await newPortal(system);
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await sink?.[Symbol.asyncDispose]();
});

const acceptedMails = (recipient: string) =>
  sink.to(recipient).filter(({ subject }) => subject?.endsWith('was approved'));

type Row = { status: string; attempts: number; last_error: string | null };
async function mailTo(recipient: string): Promise<Row | null> {
  const [row] = await system.sql<Row>(
    `select status, attempts, last_error from email where "to" = $1 and kind = 'registration_accepted'`,
    [recipient],
  );
  return row ?? null;
}
const inState = (recipient: string, test: (row: Row) => boolean) =>
  until(
    `the mail to ${recipient}`,
    async () => {
      const row = await mailTo(recipient);
      return row && test(row) ? row : null;
    },
    40,
  );

async function accept(username: string): Promise<void> {
  const approval = await register(system, portal, username);
  expect((await call(system, `POST /api/approvals/${approval['id']}/accept`)).status).toBe(200);
}

it('does not delay other mails if one is rejected, temporarily or permanently, cut off, or never answered', async () => {
  sink.treat('later@example.org', { code: 451, text: 'try again later' });
  sink.treat('never@example.org', { code: 550, text: 'no such mailbox' });
  sink.treat('dropped@example.org', 'drop');
  sink.treat('tarpit@example.org', 'never answer');
  for (const username of ['tarpit', 'dropped', 'later', 'never', 'fine']) await accept(username);
  await inState('fine@example.org', ({ status }) => status === 'sent');
  expect(await inState('never@example.org', ({ status }) => status === 'failed')).toMatchObject({
    attempts: 1,
    last_error: expect.stringContaining('no such mailbox'),
  });
  await inState(
    'later@example.org',
    ({ status, last_error }) => status === 'queued' && (last_error ?? '').includes('451'),
  );
  await inState('dropped@example.org', ({ status, last_error }) => status === 'queued' && last_error !== null);
  for (const name of ['later', 'dropped', 'tarpit']) sink.treat(`${name}@example.org`, 'take');
  for (const name of ['later', 'dropped', 'tarpit']) {
    await inState(`${name}@example.org`, ({ status }) => status === 'sent');
    expect(acceptedMails(`${name}@example.org`)).toHaveLength(1);
  }
}, 90_000);

it('waits for an unavailable mail server, and sends each mail once when it is back', async () => {
  const port = Number(new URL(sink.url).port);
  await sink[Symbol.asyncDispose]();
  await accept('patient');
  await inState(
    'patient@example.org',
    ({ status, attempts, last_error }) => status === 'queued' && attempts > 0 && last_error !== null,
  );
  sink = await startSmtpSink(port);
  await inState('patient@example.org', ({ status }) => status === 'sent');
  expect(acceptedMails('patient@example.org')).toHaveLength(1);
}, 90_000);

it('notifies approvers about the first request immediately, and about later ones in a digest', async () => {
  const team = await newPortal(system, { approver_emails: ['approver@example.org'] });
  const body = { username: 'ada', password: PASSWORD };
  const ada = await call(system, `POST /api/portals/${team}/developers/invites`, { body });
  const { id: application_id } = await createApplication(system, team, String(ada.body['developer_id']));
  const product = { body: { name: 'Weather', status: 'published' } };
  const { id: api_product_id } = (await call(system, `POST /api/portals/${team}/api_products`, product)).body;
  const ids = { application_id: String(application_id), api_product_id: String(api_product_id) };
  const mailsOnceThere = (count: number) =>
    until(`${String(count)} mails`, async () => {
      const mails = sink.to('approver@example.org');
      return mails.length === count ? mails : null;
    });
  const { id } = await createSubscription(system, team, ids);
  await mailsOnceThere(1);
  await call(system, `DELETE /api/subscriptions/${String(id)}?portal_id=${team}`);
  await createSubscription(system, team, ids);
  const makeDue = `update email set due_at = now() where portal_id = $1 and kind = 'subscriptions_pending' returning status`;
  expect(await system.sql(makeDue, [team])).toEqual([{ status: 'queued' }]);
  const [, digest] = await mailsOnceThere(2);
  expect(digest?.subject).toMatch(/^Subscriptions awaiting approval at /);
  expect(digest?.text).toContain('ada: Shop to Weather');
});
