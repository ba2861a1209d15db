import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { EventName } from '@gatehouse/contract/events';
import { setTimeout as delay } from 'node:timers/promises';
import { queuedEmails } from '@gatehouse/core/email/emails-to-deliver';
import type { Context } from '@gatehouse/core/kernel/context';
import { QUEUE_NAMES, type QueueName } from '@gatehouse/queue/jobs';
import type { Queues } from '@gatehouse/queue/queues';
import type { Logger } from 'pino';
import { failure } from '../failure.ts';
import { fanOut, type Jobs, mailEvents } from './fan-out.ts';
import { listen } from './listen.ts';
import { createWaker } from './waker.ts';

type Em = Context['em'];

/** Events per transaction. */
const BATCH = 200;
/** Milliseconds. Notifications usually arrive first, but are lost with the listening connection. */
const POLL = 1000;
/** Milliseconds after a failure. */
const RETRY_PAUSE = 500;

const takeEvents = statement({
  name: 'outbox.take',
  text: `select o.event_id as id, e.name, e.resource_id as "resourceId"
  from outbox o join event e on e.id = o.event_id
  order by o.event_id limit ${String(BATCH)} for update of o skip locked`,
  params: [],
  row: z.object({ id: z.uuid(), name: EventName, resourceId: z.string() }),
});

const drop = statement({
  name: 'outbox.drop',
  text: 'delete from outbox where event_id = any(?)',
  params: ['uuid[]'],
});

/**
 * Adds the jobs of committed events to the queue, and returns the number of events. The outbox rows stay locked until
 * the queue has the jobs. After a crash in between, the same jobs are added again under the same ids.
 */
export function relayBatch(em: Em, queues: Pick<Queues, 'queue'>): Promise<number> {
  return em.fork().transactional(async (fork) => {
    const events = await takeEvents.all(fork, []);
    if (events.length === 0) return 0;
    const ids = events.map(({ id }) => id);
    const resent = mailEvents(events).map(({ resourceId }) => resourceId);
    const emails = await queuedEmails(fork, ids, resent);
    await handOver(queues, fanOut(events, emails));
    await drop.run(fork, [ids]);
    return events.length;
  });
}

async function handOver(queues: Pick<Queues, 'queue'>, jobs: Jobs): Promise<void> {
  const add = async <N extends QueueName>(name: N, list: Jobs[N]): Promise<void> => {
    if (list.length > 0) await queues.queue(name).addBulk(list);
  };
  for (const name of QUEUE_NAMES) await add(name, jobs[name]);
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
      if (count < BATCH) await waker.sleep(POLL, signal);
    } catch (error) {
      if (!failing) log.warn(failure(error), 'outbox relay failed');
      failing = true;
      await delay(RETRY_PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }
  await listening;
}
