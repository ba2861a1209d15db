import { randomBytes } from 'node:crypto';
import { connectQueues } from '@gatehouse/queue/queues';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { call, newPortal, PASSWORD, until } from './api.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

const redisPrefix = `{lost-${randomBytes(4).toString('hex')}}`;
let sink: SmtpSink;
let system: System;
let portal: string;
beforeAll(async () => {
  sink = await startSmtpSink();
  system = await startSystem({ smtpUrl: sink.url, env: { RATE_LIMITS: 'off', REDIS_PREFIX: redisPrefix } });
  portal = await newPortal(system);
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await sink?.[Symbol.asyncDispose]();
});

const invite = (username: string) =>
  call(system, `POST /api/portals/${portal}/developers/invites`, {
    body: { username, password: PASSWORD, email: `${username}@example.org` },
  });

/** What a Redis without persistence does when it starts again. */
async function loseJobs(): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined };
  const redisUrl = inject('redisUrl');
  const queues = await connectQueues({ databaseUrl: system.databaseUrl, redisUrl, prefix: redisPrefix, log });
  for (const queue of queues.all()) await queue.obliterate({ force: true });
  await queues.close();
}

it('a mail in hand is not sent twice, though its job is lost before the relay has committed', async () => {
  sink.treat('in-hand@example.org', 'never answer');
  await invite('in-hand');
  await until('the attempt', () => Promise.resolve(sink.attempts.includes('in-hand@example.org') || null));
  await loseJobs();
  // A relay whose transaction failed after the queue had the job finds its row again.
  await system.sql(
    `insert into outbox (event_id) select event_id from email where "to" = 'in-hand@example.org' on conflict do nothing`,
  );
  await until('the relay', async () => ((await system.sql('select 1 from outbox')).length === 0 ? true : null));
  // Jobs are taken in order: when the next mail is out, the second job for the first one has been taken.
  await invite('next');
  await until('the next mail', () => Promise.resolve(sink.to('next@example.org')[0] ?? null));
  expect(sink.attempts.filter((recipient) => recipient === 'in-hand@example.org')).toHaveLength(1);
});
