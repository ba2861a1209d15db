import { setTimeout as delay } from 'node:timers/promises';
import { rowId } from '@gatehouse/contract/ids';
import { EventName } from '@gatehouse/contract/events';
import { queuedEmails } from '@gatehouse/core/email/emails-to-deliver';
import { type EventJob, jobsOf } from '@gatehouse/core/event/catalogue';
import type { Context } from '@gatehouse/core/kernel/context';
import { statement } from '@gatehouse/db/statement';
import type { Queues } from '@gatehouse/queue/queues';
import type { Logger } from 'pino';
import { z } from 'zod';
import { failure } from '../failure.ts';
import { addJobs, deletionJobs, emailJobs } from './jobs.ts';
import { listen } from './listen.ts';
import { createWaker } from './waker.ts';

type Em = Context['em'];

/** Events per transaction. */
const BATCH = 500;
/** Milliseconds. Notifications usually arrive first, but are lost with the listening connection. */
const POLL = 1000;
/** Milliseconds after a batch that is not full. Events that are committed meanwhile share the next one. */
const PAUSE = 20;
/** Milliseconds after a failure. */
const RETRY_PAUSE = 500;

const takeEvents = statement({
  name: 'outbox.take',
  text: `with taken as (delete from outbox where event_id in
    (select event_id from outbox order by event_id limit ${String(BATCH)} for update skip locked) returning event_id)
  select e.id, e.name, e.resource_id as "resourceId" from taken join event e on e.id = taken.event_id order by e.id`,
  params: [],
  row: z.object({ id: z.uuid(), name: EventName, resourceId: z.string() }),
});

/**
 * Adds the jobs of committed events to the queue, and returns the number of events. The transaction that deletes the outbox rows
 * commits after the queue has the jobs. After a crash in between, the same jobs are added again under the same ids.
 */
export function relayBatch(em: Em, queues: Pick<Queues, 'queue'>): Promise<number> {
  return em.fork().transactional(async (fork) => {
    const events = await takeEvents.all(fork, []);
    if (events.length === 0) return 0;
    const eventsWith = (job: EventJob) => events.filter(({ name }) => jobsOf(name).includes(job));
    const emails = await queuedEmails(fork, events, eventsWith('deliver-email'));
    const deletions = eventsWith('erase-developer').map(({ resourceId }) => rowId.deletion.parse(resourceId));
    await addJobs(queues, 'deliver-email', emailJobs(emails));
    await addJobs(queues, 'erase-developer', deletionJobs(deletions.map((id) => ({ id, key: id }))));
    return events.length;
  });
}

type RelayDeps = { em: Em; queues: Queues; databaseUrl: string; log: Logger };

/** Relays until `signal` aborts. Safe to run in any number of processes: each takes unlocked rows only. */
export async function runRelay({ em, queues, databaseUrl, log }: RelayDeps, signal: AbortSignal): Promise<void> {
  const waker = createWaker();
  const listening = listen({ databaseUrl, channel: 'gatehouse_outbox', onNotify: waker.wake }, signal);
  let failing = false;
  while (!signal.aborted) {
    try {
      const count = await relayBatch(em, queues);
      if (failing) log.info({}, 'outbox relay recovered');
      failing = false;
      if (count < BATCH) await Promise.all([waker.sleep(POLL, signal), pause(PAUSE, signal)]);
    } catch (error) {
      if (!failing) log.warn(failure(error), 'outbox relay failed');
      failing = true;
      await pause(RETRY_PAUSE, signal);
    }
  }
  await listening;
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);
