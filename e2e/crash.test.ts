import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, newPortal, PASSWORD, register, until } from './api.ts';
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

const sentTo = (recipient: string) =>
  until(`a mail to ${recipient}`, () => Promise.resolve(sink.to(recipient)[0] ?? null), 30);

/** One event with that many mails, as one command would write them. */
const QUEUE_MAILS = `with made as (
    insert into event (id, name, actor_kind, portal_id, resource_type, resource_id, changed, occurred_at)
    values (gen_random_uuid(), 'approval.rejected', 'system', $1::uuid, 'approval', $1::uuid::text, '{}', now()) returning id),
  queued as (
    insert into email (id, portal_id, event_id, kind, "to", subject, data, message_id, status, queued_at, due_at, created_at)
    select gen_random_uuid(), $1::uuid, made.id, 'registration_rejected', 'batch-' || n || '@example.org', 'Declined',
      '{"portal": "Portal", "portal_url": null, "name": "Ada", "reason": null}', '<' || n || '@example.org>', 'queued', now(),
      now() + interval '10 seconds', now()
    from made, generate_series(0, $2::int - 1) n)
  insert into outbox select id from made`;

describe('a change that was answered with 2xx', () => {
  it('takes effect even if the worker was dead at the time', async () => {
    const portal = await newPortal(system);
    const approval = await register(system, portal, 'early');
    await system.worker.kill('SIGKILL');
    expect((await call(system, `POST /api/approvals/${approval['id']}/accept`)).status).toBe(200);
    expect(sink.to('early@example.org')).toEqual([]);
    await system.worker.start();
    await sentTo('early@example.org');
  });

  it('survives a killed api: an accepted approval stays accepted, and its mail is sent', async () => {
    const portal = await newPortal(system);
    const approval = await register(system, portal, 'survivor');
    expect((await call(system, `POST /api/approvals/${approval['id']}/accept`)).status).toBe(200);
    await system.api.kill('SIGKILL');
    await sentTo('survivor@example.org');
    await system.api.start();
    expect((await call(system, `GET /api/approvals/${approval['id']}`)).body).toMatchObject({ result: 'accepted' });
  });

  it('is complete or absent if the api is killed during the call', async () => {
    const portal = await newPortal(system);
    const invites = Array.from({ length: 30 }, (_, n) =>
      call(system, `POST /api/portals/${portal}/developers/invites`, {
        body: { username: `burst-${n}`, password: PASSWORD, email: `burst-${n}@example.org` },
      }).then(
        ({ status }) => (status === 201 ? `burst-${n}` : null),
        () => null,
      ),
    );
    await Promise.race(invites);
    await system.api.kill('SIGKILL');
    const answered = (await Promise.all(invites)).filter((name) => name !== null);
    await system.api.start();
    const there = await system.sql<{ username: string }>('select username from developer where portal_id = $1', [
      portal,
    ]);
    expect(there.map(({ username }) => username)).toEqual(expect.arrayContaining(answered));
    const [counts] = await system.sql<{ events: string; mails: string }>(
      `select (select count(*) from event where portal_id = $1 and name = 'developer.invited') as events, (select count(*) from email where portal_id = $1) as mails`,
      [portal],
    );
    expect(counts).toEqual({ events: String(there.length), mails: String(there.length) });
    for (const { username } of there) await sentTo(`${username}@example.org`);
  });

  it('sends its mail at most once more, with the same Message-ID, if the worker dies while sending', async () => {
    const portal = await newPortal(system);
    sink.treat('midway@example.org', 'never answer');
    await call(system, `POST /api/portals/${portal}/developers/invites`, {
      body: { username: 'midway', password: PASSWORD, email: 'midway@example.org' },
    });
    await until('the attempt', () => Promise.resolve(sink.attempts.includes('midway@example.org') ? true : null));
    await system.worker.kill('SIGKILL');
    sink.treat('midway@example.org', 'take');
    await system.worker.start();
    const mail = await sentTo('midway@example.org');
    const [row] = await system.sql<{ message_id: string }>(
      `select message_id from email where "to" = 'midway@example.org'`,
    );
    expect(mail.messageId).toBe(row?.message_id);
    await until(
      'the status sent',
      async () =>
        (await system.sql(`select 1 from email where "to" = 'midway@example.org' and status = 'sent'`))[0] ?? null,
    );
    expect(sink.to('midway@example.org')).toHaveLength(1);
  });

  it('sends the rest of a batch of mails, and no recorded one again, if the worker dies in the middle of it', async () => {
    const portal = await newPortal(system);
    const address = (n: number) => `batch-${String(n)}@example.org`;
    for (let n = 0; n < 50; n += 10) sink.treat(address(n), 'never answer');
    await system.sql(QUEUE_MAILS, [portal, 50]);
    const sent = async () =>
      (await system.sql(`select 1 from email where portal_id = $1 and status = 'sent'`, [portal])).length;
    await until('all but those that stall', async () => ((await sent()) === 45 ? true : null), 30);
    await system.worker.kill('SIGKILL');
    for (let n = 0; n < 50; n += 10) sink.treat(address(n), 'take');
    await system.worker.start();
    await until('all', async () => ((await sent()) === 50 ? true : null), 30);
    for (let n = 0; n < 50; n += 1) expect(sink.to(`"${address(n)}"`)).toHaveLength(1);
    expect(sink.attempts.filter((to) => to === address(0))).toHaveLength(2);
  });

  it('does not prevent api and worker from exiting within 5 s after SIGTERM', async () => {
    const started = Date.now();
    await Promise.all([system.api.kill('SIGTERM'), system.worker.kill('SIGTERM')]);
    expect(Date.now() - started).toBeLessThan(5000);
    await Promise.all([system.api.start(), system.worker.start()]);
    // The queue can become ready a moment after the api.
    await expect.poll(async () => (await fetch(`${system.url}/readyz`)).status, { timeout: 5000 }).toBe(200);
  });
});
