import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Context } from '@gatehouse/core/kernel/context';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { NewJob, Queues } from '@gatehouse/queue/queues';

type Em = Context['em'];

/** Rows of one transaction. */
const BATCH = 200;
/** Jobs that wait already: above, the queue has enough to do, and whatever it has lost can wait until it has not. */
const NEARLY_IDLE = 500;
/** How long the queue then has, before the sweeper looks again; a handler that starts takes over from there. */
const HANDED_OVER = `interval '10 seconds'`;

// The old due time makes the id fresh, for a queue that remembers a job that did nothing, and yet the same where the
// transaction fails after the queue has it.
const JOB_ID = `id || '-' || (extract(epoch from due.due_at) * 1000)::bigint as "jobId"`;

const jobId = sure(z.string(), 'made of an id and a due time that are never null');

const takeEmails = statement({
  name: 'email.take_due',
  text: `with due as (
    select id, due_at from email where status = 'queued' and due_at <= now()
    order by due_at limit ${String(BATCH)} for update skip locked)
  update email set due_at = now() + ${HANDED_OVER}, leased = false from due where email.id = due.id
  returning email.id, email.attempts, email.${JOB_ID}`,
  params: [],
  row: z.object({ id: z.uuid(), attempts: z.int(), jobId }),
});

const takeDeletions = statement({
  name: 'deletion.take_due',
  text: `with due as (
    select id, due_at from deletion where status <> 'completed' and due_at <= now()
    order by due_at limit ${String(BATCH)} for update skip locked)
  update deletion set due_at = now() + ${HANDED_OVER} from due where deletion.id = due.id
  returning deletion.id, deletion.${JOB_ID}`,
  params: [],
  row: z.object({ id: z.uuid(), jobId }),
});

type Due<N extends QueueName> = { name: N; take(em: Em): Promise<NewJob<N>[]> };

const dueEmails: Due<'deliver-email'> = {
  name: 'deliver-email',
  async take(em) {
    const rows = await takeEmails.all(em, []);
    return rows.map(({ id, attempts, jobId }) => ({
      name: 'deliver-email',
      data: { email_id: id, attempt: attempts },
      opts: { jobId },
    }));
  },
};

const dueDeletions: Due<'erase-developer'> = {
  name: 'erase-developer',
  async take(em) {
    const rows = await takeDeletions.all(em, []);
    return rows.map(({ id, jobId }) => ({ name: 'erase-developer', data: { deletion_id: id }, opts: { jobId } }));
  },
};

/**
 * Hands to the queue whatever is due and, for all the database knows, in nobody's hands: retries, the work of a worker
 * that died, and all that was in a queue that was lost. The database is the truth, the queue only delivers.
 */
export async function sweep(em: Em, queues: Queues): Promise<void> {
  await sweepQueue(em, queues, dueEmails);
  await sweepQueue(em, queues, dueDeletions);
}

async function sweepQueue<N extends QueueName>(em: Em, queues: Queues, { name, take }: Due<N>): Promise<void> {
  const queue = queues.queue(name);
  for (;;) {
    const { waiting = 0 } = await queue.getJobCounts('waiting');
    if (waiting >= NEARLY_IDLE || (await queue.isPaused())) return;
    const count = await em.fork().transactional(async (fork) => {
      const jobs = await take(fork);
      if (jobs.length > 0) await queue.addBulk(jobs);
      return jobs.length;
    });
    if (count < BATCH) return;
  }
}
