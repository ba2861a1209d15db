import type { Context } from '@gatehouse/core/kernel/context';
import { DatabaseClock } from '@gatehouse/db/database-clock';
import type { Retention } from '@gatehouse/db/partitioned-tables';
import { QUEUE_NAMES } from '@gatehouse/queue/jobs';
import type { Queues } from '@gatehouse/queue/queues';
import type { Logger } from 'pino';
import type { Mailer } from './email/mailer.ts';
import { HANDLERS } from './handlers.ts';
import { runRelay } from './relay/outbox-relay.ts';
import { runSchedule } from './schedule.ts';
import { createSemaphore } from './semaphore.ts';

export type WorkerDeps = {
  em: Context['em'];
  settings: Context['settings'];
  databaseUrl: string;
  queues: Queues;
  mailer: Mailer;
  log: Logger;
  retention: Retention;
};

export type Worker = {
  /** Resolves when the worker relays events and accepts jobs. */
  start(): Promise<void>;
  /** Accepts no more jobs, waits for running ones, and interrupts them after `grace` milliseconds. */
  stop(grace?: number): Promise<void>;
};

const GRACE = 3000;
/** Enough to use every connection to the mail server while the next job claims its mails. */
export const MOST_IN_HAND = 100;

/** The relay, the schedule and the handlers of one process. Stopping it does not close its dependencies. */
export function createWorker({ em, settings, databaseUrl, queues, mailer, log, retention }: WorkerDeps): Worker {
  const clock = new DatabaseClock(em);
  const noMore = new AbortController();
  const stopping = new AbortController();
  const context = (): Context => ({
    em,
    actor: { kind: 'system', id: 'worker' },
    now: clock.now(),
    requestId: null,
    settings,
  });
  const handlerDeps = {
    context,
    mailer,
    mailsInHand: createSemaphore(MOST_IN_HAND),
    log,
    ending: noMore.signal,
    stopping: stopping.signal,
  };
  const running: Promise<void>[] = [];
  const workers: { close(): Promise<void> }[] = [];

  return {
    async start() {
      // A failure is harmless: without a database no work exists yet, and the schedule asks again.
      await clock.ask().catch(() => undefined);
      const handled = QUEUE_NAMES.map((name) => queues.worker(name, HANDLERS[name](handlerDeps, name)));
      workers.push(...(await Promise.all(handled)));
      running.push(runRelay({ em, queues, databaseUrl, log }, noMore.signal));
      running.push(runSchedule({ context, clock, queues, mailer, log, databaseUrl, retention }, noMore.signal));
    },
    async stop(grace = GRACE) {
      noMore.abort();
      const breakOff = setTimeout(() => stopping.abort(), grace);
      await Promise.all([...running, ...workers.map((worker) => worker.close())]);
      clearTimeout(breakOff);
    },
  };
}
