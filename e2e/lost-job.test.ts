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

/** Loses all jobs, like a restart of a Redis without persistence. */
async function loseJobs(): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined };
  const redisUrl = inject('redisUrl');
  const queues = await connectQueues({ databaseUrl: system.databaseUrl, redisUrl, prefix: redisPrefix, log });
  for (const queue of queues.all()) await queue.obliterate({ force: true });
  await queues.close();
}

it('a mail that is being sent is not sent twice if its job is lost before the relay has committed', async () => {
  sink.treat('in-hand@example.org', 'never answer');
  await invite('in-hand');
  await until('the attempt', () => Promise.resolve(sink.attempts.includes('in-hand@example.org') || null));
  await loseJobs();
  // Simulates a relay whose transaction failed after it added the job to the queue.
  await system.sql(
    `insert into outbox (event_id) select event_id from email where "to" = 'in-hand@example.org' on conflict do nothing`,
  );
  await until('the relay', async () => ((await system.sql('select 1 from outbox')).length === 0 ? true : null));
  // Jobs run in order, so once the next mail is sent, the second job for the first mail has run.
  await invite('next');
  await until('the next mail', () => Promise.resolve(sink.to('next@example.org')[0] ?? null));
  expect(sink.attempts.filter((recipient) => recipient === 'in-hand@example.org')).toHaveLength(1);
});
