import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, listOf, newPortal, PASSWORD, register, recordOf, until } from './api.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

const NEW = 'another horse battery staple';

let sink: SmtpSink;
let system: System;
beforeAll(async () => {
  sink = await startSmtpSink();
  system = await startSystem({ smtpUrl: sink.url, env: { RATE_LIMITS: 'off' } });
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await sink?.[Symbol.asyncDispose]();
});

/** The token in the link of the latest mail with this subject. */
async function linkIn(recipient: string, subject: string, count = 1): Promise<string> {
  const text = await until(`${subject} to ${recipient}`, () => {
    const mails = sink.to(recipient).filter((mail) => mail.subject === subject);
    return Promise.resolve(mails.length >= count ? (mails.at(-1)?.text ?? null) : null);
  });
  const [link = ''] = /http:\S+/.exec(text) ?? [];
  return new URL(link).searchParams.get('token') ?? '';
}

/** Makes a call without a session. */
const auth = (portal: string, verb: string, body: object) =>
  call(system, `POST /api/portals/${portal}/auth/${verb}`, { token: null, body });
const signIn = (portal: string, username: string, password = PASSWORD) => auth(portal, 'login', { username, password });
const tokenOf = async (portal: string, username: string) => String((await signIn(portal, username)).body['token']);

describe('a developer', () => {
  it('registers, verifies the address, is accepted and creates a key; a suspension ends the session', async () => {
    const portal = await newPortal(system, { require_verified_email: true });
    const approval = await register(system, portal, 'ada');
    expect((await signIn(portal, 'ada')).body).toMatchObject({ status: 403, code: 'email_not_verified' });
    const link = await linkIn('ada@example.org', 'Confirm your email address');
    expect((await auth(portal, 'verify_email', { token: `${link}x` })).body).toMatchObject({
      status: 422,
      code: 'invalid_link',
      errors: [{ path: '/token' }],
    });
    expect((await auth(portal, 'verify_email', { token: link })).body).toEqual({ status: 'verified' });

    const pending = await signIn(portal, 'ada@example.org');
    expect(pending.body).toMatchObject({ must_change_password: false, developer: { state: 'Pending' } });
    const token = String(pending.body['token']);
    const make = () => call(system, 'POST /api/applications', { token, body: { name: 'Shop' } });
    expect((await make()).body).toMatchObject({ status: 403, code: 'developer_not_active' });
    expect((await call(system, 'GET /api/approvals', { token })).body).toMatchObject({ total: 1 });
    expect((await call(system, `POST /api/approvals/${approval['id']}/accept`, { token })).status).toBe(403);
    await call(system, `POST /api/approvals/${approval['id']}/accept`);

    const application = await make();
    expect(application.status).toBe(201);
    const credentials = `/api/applications/${application.body['id']}/credentials`;
    const key = await call(system, `POST ${credentials}`, { token, body: { type: 'key-auth', name: 'Key' } });
    expect(String(recordOf(key.body['key-auth'])['key'])).toMatch(/^gtk_/);
    const me = await call(system, 'GET /api/me', { token });
    expect(me.body).toMatchObject({ username: 'ada', state: 'Active', email_verified: true });

    const developer = `/api/portals/${portal}/developers/${me.body['developer_id']}`;
    const events = await call(system, `GET /api/audit_events?portal_id=${portal}&name=application.created`);
    expect(listOf(events)[0]?.['actor']).toEqual({
      kind: 'developer',
      id: me.body['developer_id'],
      on_behalf_of: null,
    });
    await call(system, `POST ${developer}/suspend`);
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    expect((await signIn(portal, 'ada')).body).toMatchObject({ status: 403, code: 'developer_not_active' });
    await call(system, `POST ${developer}/reactivate`);
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    expect((await signIn(portal, 'ada')).status).toBe(200);
  });

  it('who is invited must change the one-time password before doing anything else', async () => {
    const portal = await newPortal(system);
    const developers = `/api/portals/${portal}/developers`;
    const body = { username: 'grace', password: PASSWORD };
    const { developer_id } = (await call(system, `POST ${developers}/invites`, { body })).body;
    const first = await signIn(portal, 'grace');
    expect(first.body).toMatchObject({ must_change_password: true });
    let token = String(first.body['token']);
    expect((await call(system, 'GET /api/applications', { token })).body).toMatchObject({
      status: 403,
      code: 'password_change_required',
    });
    expect((await call(system, 'GET /api/me', { token })).status).toBe(200);
    const change = (new_password: string) =>
      call(system, `POST /api/portals/${portal}/auth/change_password`, {
        token,
        body: { current_password: PASSWORD, new_password },
      });
    expect((await change(PASSWORD)).body).toMatchObject({ status: 422, errors: [{ path: '/new_password' }] });
    const changed = await change(NEW);
    expect(changed.body).toMatchObject({ must_change_password: false, developer: { username: 'grace' } });
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    token = String(changed.body['token']);
    expect((await call(system, 'POST /api/applications', { token, body: { name: 'Shop' } })).status).toBe(201);
    expect((await signIn(portal, 'grace')).status).toBe(401);

    await system.sql(
      `update developer set must_change_password = true, one_time_password_expires_at = now() where developer_id = $1`,
      [developer_id],
    );
    expect((await signIn(portal, 'grace', NEW)).body).toMatchObject({ code: 'one_time_password_expired' });
  });

  it('resets a forgotten password with a mailed link, which ends all sessions', async () => {
    const portal = await newPortal(system, { registration_auto_approval: true });
    const email = 'forgetful@example.org';
    await auth(portal, 'register', { username: 'forgetful', email, password: PASSWORD });
    const verify = await linkIn(email, 'Confirm your email address');
    expect((await auth(portal, 'verify_email', { token: verify })).status).toBe(200);
    const token = await tokenOf(portal, 'forgetful');
    const known = await auth(portal, 'forgot_password', { email });
    const unknown = await auth(portal, 'forgot_password', { email: 'nobody@example.org' });
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    const link = await linkIn(email, 'Reset your password');
    expect((await auth(portal, 'reset_password', { token: link, password: NEW })).body).toEqual({ status: 'changed' });
    expect((await auth(portal, 'reset_password', { token: link, password: PASSWORD })).status).toBe(422);
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    expect((await signIn(portal, 'forgetful')).status).toBe(401);
    expect((await signIn(portal, 'forgetful', NEW)).status).toBe(200);
    await until('the mail to nobody is given up', async () => {
      const mails = await system.sql<{ status: string }>(
        `select status from email where portal_id = $1 and "to" like 'erased-%'`,
        [portal],
      );
      return mails.length === 1 && mails[0]?.status === 'suppressed' ? mails : null;
    });
    expect(sink.to('nobody@example.org')).toEqual([]);
    const log = await call(system, `GET /api/emails?portal_id=${portal}&kind=password_reset&to=${email}`);
    const mail = await call(system, `GET /api/emails/${listOf(log)[0]?.['id']}`);
    expect(mail.body['text']).toContain('[link]');
    expect(mail.text).not.toContain(link);
  });

  it('accepts an invitation by its link, and undoes a change of the address by its link', async () => {
    const portal = await newPortal(system, { support_email: 'help@example.org' });
    const { body: record } = await call(system, `GET /api/portals/${portal}`);
    const email = 'linked@example.org';
    const invites = `POST /api/portals/${portal}/developers/invites`;
    const invited = await call(system, invites, { body: { username: 'linked', email } });
    expect(invited).toMatchObject({ status: 201, body: { must_change_password: true, email_verified: false } });
    expect(await call(system, invites, { body: { username: 'other' } })).toMatchObject({ status: 422 });
    const invitation = await linkIn(email, `You are invited to ${String(record['name'])}`);
    const page = `${system.url}/portals/${String(record['slug'])}/invitation?token=${invitation}`;
    for (const method of ['HEAD', 'GET', 'GET']) expect((await fetch(page, { method })).status).toBe(200);
    const accepted = await auth(portal, 'accept_invitation', { token: invitation, password: PASSWORD });
    expect(accepted).toMatchObject({ status: 200, body: { developer: { email_verified: true } } });
    expect(accepted.headers.get('set-cookie')).toContain('gatehouse_session=');
    const again = await auth(portal, 'accept_invitation', { token: invitation, password: PASSWORD });
    expect(again).toMatchObject({ status: 403, body: { code: 'invite_expired' } });
    expect(await (await fetch(page)).text()).toContain('You have already accepted this invitation');
    const pressed = await fetch(page, {
      method: 'POST',
      headers: { origin: 'http://gatehouse.test' },
      body: new URLSearchParams({ action: 'accept', token: invitation, password: PASSWORD }),
      redirect: 'manual',
    });
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, expect.stringMatching(/invite_accepted$/)]);

    const token = String(accepted.body['token']);
    const change = { email: 'thief@example.org', current_password: PASSWORD };
    expect((await call(system, 'PATCH /api/me', { token, body: change })).body).toMatchObject({
      email,
      pending_email: change.email,
    });
    const confirm = await linkIn(change.email, 'Confirm your email address');
    expect((await auth(portal, 'verify_email', { token: confirm })).status).toBe(200);
    const undo = await linkIn(email, 'Your email address is being changed');
    expect((await auth(portal, 'undo_email_change', { token: undo })).body).toEqual({ status: 'undone' });
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    expect((await signIn(portal, email)).status).toBe(200);

    const developer = `/api/portals/${portal}/developers/${String(invited.body['developer_id'])}`;
    await call(system, `POST ${developer}/suspend`, { body: { reason: 'Unpaid invoices.' } });
    expect((await signIn(portal, 'linked')).body).toMatchObject({
      code: 'developer_not_active',
      detail: 'Your account is suspended. Reason: Unpaid invoices. Contact: help@example.org',
      suspension: { reason: 'Unpaid invoices.', support_email: 'help@example.org' },
    });
    await until('the mail of the suspension', () =>
      Promise.resolve(sink.to(email).find(({ text = '' }) => text.includes('Unpaid invoices.')) ?? null),
    );
  });

  it('lists sessions, ends one, and deletes the account', async () => {
    const portal = await newPortal(system, { registration_auto_approval: true });
    await auth(portal, 'register', { username: 'leaving', email: 'leaving@example.org', password: PASSWORD });
    const [token, elsewhere] = [await tokenOf(portal, 'leaving'), await tokenOf(portal, 'leaving')];
    const sessions = listOf(await call(system, 'GET /api/me/sessions', { token }));
    const other = sessions.find(({ current }) => current === false);
    expect(sessions).toHaveLength(2);
    expect((await call(system, `DELETE /api/me/sessions/${other?.['id']}`, { token })).status).toBe(204);
    expect((await call(system, 'GET /api/me', { token: elsewhere })).status).toBe(401);
    const changed = await call(system, 'PATCH /api/me', {
      token,
      body: { email: 'elsewhere@example.org', current_password: PASSWORD },
    });
    expect(changed.body).toMatchObject({ email: 'leaving@example.org', pending_email: 'elsewhere@example.org' });
    const verify = await linkIn('elsewhere@example.org', 'Confirm your email address');
    expect((await auth(portal, 'verify_email', { token: verify })).status).toBe(200);
    const me = await call(system, 'GET /api/me', { token });
    expect(me.body).toMatchObject({ email: 'elsewhere@example.org', email_verified: true, pending_email: null });
    const gone = await call(system, 'DELETE /api/me', { token, body: { password: PASSWORD } });
    expect(gone).toMatchObject({ status: 202, body: { cause: 'deleted' } });
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    await until('the erasure', async () => {
      const { body } = await call(system, `GET /api/deletions/${gone.body['id']}`);
      return body['status'] === 'completed' ? body : null;
    });
    expect(
      await system.sql('select 1 from session s join developer d on d.id = s.developer_uid where portal_id = $1', [
        portal,
      ]),
    ).toEqual([]);
  });

  it('signs out', async () => {
    const portal = await newPortal(system, { registration_auto_approval: true });
    await auth(portal, 'register', { username: 'ada', email: 'out@example.org', password: PASSWORD });
    const token = await tokenOf(portal, 'ada');
    expect((await call(system, `POST /api/portals/${portal}/auth/logout`, { token })).status).toBe(204);
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
  });
});

it('tokens, passwords and links are in no log line, job, event, outbox row or mail', async () => {
  const portal = await newPortal(system, { registration_auto_approval: true });
  const [email, password] = ['secretive@example.org', 'a secret of nine words that nobody ever used'];
  await auth(portal, 'register', { username: 'secretive', email, password });
  const verify = await linkIn(email, 'Confirm your email address');
  await auth(portal, 'verify_email', { token: verify });
  await auth(portal, 'forgot_password', { email });
  const reset = await linkIn(email, 'Reset your password');
  await signIn(portal, 'secretive', `${password}, mistyped`);
  const token = String((await signIn(portal, 'secretive', password)).body['token']);
  expect((await call(system, 'GET /api/me', { token })).text).not.toContain(token);
  expect((await call(system, 'GET /api/me/sessions', { token })).text).not.toContain(token);
  const tables = ['event', 'outbox', 'email', 'session', 'developer', 'approval'];
  const dump = await Promise.all(tables.map((table) => system.sql(`select * from ${table}`)));
  const jobs = await system.sql(
    `select 1 from information_schema.tables where table_schema = 'bullmq' and table_name = 'job'`,
  );
  const queue = jobs.length > 0 ? await system.sql('select * from bullmq.job') : [];
  const everything = JSON.stringify([dump, queue, system.api.output(), system.worker.output()]);
  expect(everything).toContain(createHash('sha256').update(token).digest('hex'));
  const signatures = [verify, reset].map((link) => link.split('.').at(-1) ?? '');
  for (const secret of [password, token, ...signatures]) expect(everything).not.toContain(secret);
});
