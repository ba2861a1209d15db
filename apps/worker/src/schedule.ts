import { setTimeout as delay } from 'node:timers/promises';
import { trimEventContexts } from '@gatehouse/core/audit/trim-event-contexts';
import { anonymiseHistory } from '@gatehouse/core/deletion/anonymise-history';
import { expireRegistrations } from '@gatehouse/core/developer/expire-registrations';
import type { Context } from '@gatehouse/core/kernel/context';
import { trimSecrets } from '@gatehouse/core/credential/trim-secrets';
import { keptEmails } from '@gatehouse/core/email/kept-emails';
import { trimRevocations } from '@gatehouse/core/gateway/trim-revocations';
import { resealSecrets } from '@gatehouse/core/login-option/reseal-secrets';
import { trimSsoAnswers } from '@gatehouse/core/auth/trim-sso-answers';
import { trimEmailUndos } from '@gatehouse/core/auth/trim-email-undos';
import { trimCounters } from '@gatehouse/core/portal/trim-counters';
import { trimOperatorSessions } from '@gatehouse/core/operator/trim-operator-sessions';
import { trimSessions } from '@gatehouse/core/session/trim-sessions';
import type { DatabaseClock } from '@gatehouse/db/database-clock';
import type { Retention } from '@gatehouse/db/partitioned-tables';
import { keepPartitions } from '@gatehouse/db/partitions';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';
import type { Queues } from '@gatehouse/queue/queues';
import type { Logger } from 'pino';
import type { Mailer } from './email/mailer.ts';
import { failure } from './failure.ts';
import { sweep } from './relay/sweeper.ts';

type PeriodicDeps = {
  context(): Context;
  clock: DatabaseClock;
  queues: Queues;
  mailer: Mailer;
  log: Logger;
  databaseUrl: string;
  retention: Retention;
};

type PeriodicWork = {
  name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  pause: number;
  run(deps: PeriodicDeps, signal: AbortSignal): Promise<void>;
};

/** Periodic work. It runs in every worker, and each worker takes what no other has taken. */
const SCHEDULE: PeriodicWork[] = [
  { name: 'clock', pause: 1000, run: ({ clock }) => clock.ask() },
  { name: 'sweeper', pause: 2000, run: ({ context, queues }) => sweep(context().em, queues) },
  {
    name: 'retention',
    pause: 30_000,
    async run({ context, mailer, log }, signal) {
      for (let count = 1; count > 0 && !signal.aborted;) {
        count = await anonymiseHistory(context());
        if (count > 0) log.info({ count }, 'history anonymised');
      }
      await mailer.tidy((ids) => keptEmails(context(), ids));
    },
  },
  {
    name: 'contexts of events',
    pause: 60_000,
    async run({ context }, signal) {
      for (let count = 1; count > 0 && !signal.aborted;) count = await trimEventContexts(context());
    },
  },
  {
    name: 'registrations',
    pause: 60_000,
    async run({ context, log }, signal) {
      for (let count = 1; count > 0 && !signal.aborted;) {
        ({ count } = await expireRegistrations.execute(context(), {}));
        if (count > 0) log.info({ count }, 'unverified registrations expired');
      }
    },
  },
  { name: 'sessions', pause: 60_000, run: ({ context }) => trimSessions(context()) },
  { name: 'console sessions', pause: 60_000, run: ({ context }) => trimOperatorSessions(context()) },
  { name: 'former addresses', pause: 60_000, run: ({ context }) => trimEmailUndos(context()) },
  { name: 'secrets', pause: 60_000, run: ({ context }) => trimSecrets(context()) },
  {
    name: 'former secret',
    pause: 60_000,
    async run({ context, log }) {
      const { count, lost } = await resealSecrets(context());
      if (lost.length > 0) log.warn({ login_options: lost }, 'login option secrets unreadable: enter them again');
      if (count > 0) log.info({ count }, 'login option secrets resealed');
    },
  },
  { name: 'answers of identity providers', pause: 60_000, run: ({ context }) => trimSsoAnswers(context()) },
  {
    name: 'partitions',
    pause: 600_000,
    async run({ context, databaseUrl, retention, log }) {
      const { now } = context();
      const { dropped, postponed } = await keepPartitions({ databaseUrl, limits: WORK_LIMITS, now, retention });
      if (dropped.length > 0) log.info({ partitions: dropped }, 'partitions dropped');
      if (postponed.length > 0) log.warn({ tables: postponed }, 'partitions postponed: an id has a wrong time');
    },
  },
  { name: 'counters', pause: 600_000, run: ({ context }) => trimCounters(context()) },
  { name: 'revocations', pause: 60_000, run: ({ context }) => trimRevocations(context()) },
];

/** Runs the schedule until `signal` aborts. Failed work runs again after its pause. */
export async function runSchedule(deps: PeriodicDeps, signal: AbortSignal): Promise<void> {
  await Promise.all(SCHEDULE.map((work) => runPeriodically(work, deps, signal)));
}

/**
 * The first run comes after the pause. After a failure, the clock must succeed once before the work runs again: workers
 * that lost the database meanwhile get this time to record their results, before their work counts as abandoned.
 */
async function runPeriodically(
  { name, pause, run }: PeriodicWork,
  deps: PeriodicDeps,
  signal: AbortSignal,
): Promise<void> {
  let failing = false;
  while (await paused(pause, signal)) {
    try {
      if (failing) await deps.clock.ask();
      else await run(deps, signal);
      failing = false;
    } catch (error) {
      if (!failing) deps.log.warn({ work: name, ...failure(error) }, 'periodic work failed');
      failing = true;
    }
  }
}

/** Returns false if `signal` aborted during the pause. */
async function paused(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
