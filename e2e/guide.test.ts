import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, createApplication, createSubscription, listOf, newPortal, PASSWORD, register, until } from './api.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

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

/** The first mail other than the one that verifies the address. */
const inbox = (recipient: string) =>
  until(`a mail to ${recipient}`, () =>
    Promise.resolve(sink.to(recipient).find(({ subject }) => subject !== 'Confirm your email address') ?? null),
  );

describe('an operator, by REST,', () => {
  it('lists pending developers, accepts one, and the developer is notified', async () => {
    const portal = await newPortal(system, { approver_emails: ['approver@example.org'] });
    const approval = await register(system, portal, 'ada');
    const pending = await call(system, `GET /api/portals/${portal}/developers?state=Pending`);
    expect(pending.body).toMatchObject({
      total: 1,
      list: [{ username: 'ada', state: 'Pending', provider: 'builtin' }],
    });
    expect((await inbox('approver@example.org')).subject).toBe('Registration awaiting approval: ada');

    const accepted = await call(system, `POST /api/approvals/${approval['id']}/accept`);
    expect(accepted).toMatchObject({ status: 200, body: { status: 'finished', result: 'accepted' } });
    const mail = await inbox('ada@example.org');
    expect(mail.subject).toMatch(/^Your registration at .* was approved$/);
    expect(mail.text).toContain('Your account is now active.');
    expect(mail.html).toContain('<p>');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect((await call(system, `GET /api/portals/${portal}/developers?state=Pending`)).body).toMatchObject({
      total: 0,
      list: [],
    });
  });

  it('rejects a developer, mails the reason, erases the developer and keeps the history', async () => {
    const portal = await newPortal(system);
    const approval = await register(system, portal, 'grace');
    const rejected = await call(system, `POST /api/approvals/${approval['id']}/reject`, {
      body: { reason: 'unknown company' },
    });
    expect(rejected.body).toMatchObject({ result: 'rejected', reason: 'unknown company' });
    expect((await inbox('grace@example.org')).text).toContain('unknown company');
    const deletion = await until('the erasure', async () => {
      const [found] = listOf(await call(system, `GET /api/deletions?portal_id=${portal}&status=completed`));
      return found ?? null;
    });
    expect(deletion).toMatchObject({ cause: 'rejected', username: 'grace' });
    expect((await call(system, `GET /api/approvals?portal_id=${portal}`)).body).toMatchObject({
      total: 1,
      list: [{ result: 'rejected' }],
    });
    expect(await system.sql('select 1 from developer where portal_id = $1', [portal])).toEqual([]);
  });

  it('invites, changes, suspends, reactivates, previews and deletes', async () => {
    const portal = await newPortal(system);
    const developers = `/api/portals/${portal}/developers`;
    const invited = await call(system, `POST ${developers}/invites`, {
      body: { username: 'ada', password: PASSWORD, name: 'Ada', email: 'invited@example.org' },
    });
    expect(invited).toMatchObject({
      status: 201,
      body: { username: 'ada', name: 'Ada', state: 'Active', must_change_password: true },
    });
    const own = `${developers}/${invited.body['developer_id']}`;
    expect((await inbox('invited@example.org')).text).not.toContain(PASSWORD);
    expect((await call(system, `PATCH ${own}`, { body: { labels: { tier: 'gold' } } })).body).toMatchObject({
      labels: { tier: 'gold' },
    });
    expect((await call(system, `POST ${own}/suspend`)).body).toMatchObject({ state: 'Suspended' });
    expect((await call(system, `POST ${own}/reactivate`)).body).toMatchObject({ state: 'Active' });
    expect((await call(system, `POST ${own}/renew_invite`, { body: { password: `${PASSWORD}!` } })).status).toBe(200);
    expect((await call(system, `GET ${own}/deletion_preview`)).body).toMatchObject({ applications: 0, approvals: 0 });
    const deleted = await call(system, `DELETE ${own}`);
    expect(deleted).toMatchObject({ status: 202, body: { status: 'pending', cause: 'deleted' } });
    expect(deleted.headers.get('location')).toBe(`/api/deletions/${deleted.body['id']}`);
    expect((await call(system, `GET ${own}`)).status).toBe(404);
    await until('the erasure', async () => {
      const { body } = await call(system, `GET ${deleted.headers.get('location')}`);
      return body['status'] === 'completed' ? body : null;
    });
    const events = listOf(
      await call(system, `GET /api/audit_events?portal_id=${portal}&direction=asc&page_size=50`),
    ).map(({ name }) => name);
    expect(events).toEqual([
      'portal.created',
      'developer.invited',
      'developer.updated',
      'developer.suspended',
      'developer.reactivated',
      'developer.invite_renewed',
      'developer.deleted',
      'deletion.requested',
      'deletion.completed',
    ]);
  });

  it('subscribes to API products, and approvers and the developer are notified', async () => {
    const portal = await newPortal(system, { approver_emails: ['api-team@example.org'] });
    const { body: invited } = await call(system, `POST /api/portals/${portal}/developers/invites`, {
      body: { username: 'subscriber', password: PASSWORD, email: 'subscriber@example.org' },
    });
    const application = await createApplication(system, portal, String(invited['developer_id']));
    const products = await Promise.all(
      ['Weather', 'Tides'].map((name) =>
        call(system, `POST /api/portals/${portal}/api_products`, { body: { name, status: 'published' } }),
      ),
    );
    const [weather, tides] = products.map(({ body }) => String(body['id']));
    await createSubscription(system, portal, {
      application_id: String(application['id']),
      api_product_id: weather ?? '',
    });
    expect((await inbox('api-team@example.org')).subject).toBe('Subscription awaiting approval: Weather');
    const several = { applications: [application['id']], api_products: [tides, weather] };
    expect(await call(system, `POST /api/subscriptions?portal_id=${portal}`, { body: several })).toMatchObject({
      status: 409,
      body: { code: 'already_subscribed', errors: [{ path: '/applications/0' }, { path: '/api_products/1' }] },
    });
    const [approval] = listOf(await call(system, `GET /api/approvals?portal_id=${portal}&status=pending`));
    await call(system, `POST /api/approvals/${approval?.['id']}/accept`);
    await until('the mail of the decision', () =>
      Promise.resolve(
        sink.to('subscriber@example.org').find(({ subject }) => subject?.endsWith('Weather was approved')) ?? null,
      ),
    );
    const list = async (query: string) =>
      (await call(system, `GET /api/subscriptions?portal_id=${portal}&${query}`)).body;
    expect(await list('status=wait_for_approval&status=subscribed')).toMatchObject({ total: 1 });
    expect(await list('status=wait_for_approval')).toMatchObject({ total: 0 });
    const ofProduct = `GET /api/portals/${portal}/api_products/${weather}/subscriptions`;
    const [subscription] = listOf(await call(system, ofProduct));
    expect(subscription).toMatchObject({ status: 'subscribed', application_name: 'Shop' });
    const own = `/api/subscriptions/${subscription?.['id']}?portal_id=${portal}`;
    expect((await call(system, `DELETE ${own}`)).status).toBe(204);
    expect((await call(system, `DELETE ${own}`)).status).toBe(404);
  });

  it('uses X-API-KEY, combined filters, and a literal percent sign', async () => {
    const portal = await newPortal(system);
    await register(system, portal, 'alpha');
    const developers = `/api/portals/${portal}/developers`;
    await call(system, `POST ${developers}/invites`, { body: { username: '100% alpha', password: PASSWORD } });
    const get = async (query: string) => (await call(system, `GET ${developers}?${query}`)).body;
    expect(await get('search=%25')).toMatchObject({ total: 1, list: [{ username: '100% alpha' }] });
    expect(await get('search=alpha&state=Pending')).toMatchObject({ total: 1, list: [{ username: 'alpha' }] });
    expect(await get('search=alpha&page_size=1')).toMatchObject({ total: 2 });
    const byKey = await call(system, `GET ${developers}`, { token: null, headers: { 'x-api-key': system.adminToken } });
    expect(byKey.status).toBe(200);
  });

  it('reads the delivery log, and resends only mails that were not sent', async () => {
    const portal = await newPortal(system);
    sink.treat('gone@example.org', { code: 550, text: 'no such mailbox' });
    const body = { username: 'gone', password: PASSWORD, email: 'gone@example.org' };
    await call(system, `POST /api/portals/${portal}/developers/invites`, { body });
    const failed = await until('the refusal', async () => {
      const [found] = listOf(await call(system, `GET /api/emails?portal_id=${portal}&status=failed`));
      return found ?? null;
    });
    expect(failed).toMatchObject({ kind: 'invitation', attempts: 1, last_error: expect.stringContaining('550') });
    sink.treat('gone@example.org', 'take');
    expect((await call(system, `POST /api/emails/${failed['id']}/resend`)).body).toMatchObject({
      status: 'queued',
      message_id: failed['message_id'],
    });
    expect((await inbox('gone@example.org')).messageId).toBe(failed['message_id']);
    await until('the status sent', async () =>
      (await call(system, `GET /api/emails/${failed['id']}`)).body['status'] === 'sent' ? true : null,
    );
    expect(await call(system, `POST /api/emails/${failed['id']}/resend`)).toMatchObject({
      status: 409,
      body: { code: 'illegal_state' },
    });
    expect((await call(system, `GET /api/emails/${failed['id']}`)).body['text']).toContain('You have been invited');
  });
});

describe('40 concurrent decisions', () => {
  it('have one winner and send one mail', async () => {
    const portal = await newPortal(system);
    const approval = await register(system, portal, 'contended');
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        // All wait for the same row, and a call that waits too long is answered 503.
        for (;;) {
          const answer = await call(system, `POST /api/approvals/${approval['id']}/${n % 2 ? 'accept' : 'reject'}`);
          if (answer.status !== 503) return answer;
          expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }),
    );
    const results = answers.map(({ status, body }) => `${status} ${body['result'] ?? body['code']}`);
    const [winner] = results.filter((result) => result.startsWith('200'));
    expect(new Set(results)).toEqual(new Set([winner, '409 approval_already_finished']));
    expect(results.filter((result) => result === winner)).toHaveLength(20);
    const decision = await inbox('contended@example.org');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const subjects = sink.to('contended@example.org').map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject !== 'Confirm your email address')).toEqual([decision.subject]);
  });
});
