import { takeDueDeletions } from '@gatehouse/core/deletion/take-due-deletions';
import { takeDueEmails } from '@gatehouse/core/email/emails-to-deliver';
import type { Context } from '@gatehouse/core/kernel/context';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { NewJob, Queues } from '@gatehouse/queue/queues';

type Em = Context['em'];

/** Rows per transaction. */
const BATCH = 200;
/** Waiting jobs. The sweeper adds no work to a longer queue; what that queue has lost can wait. */
const NEARLY_IDLE = 500;

type Due<N extends QueueName> = { name: N; take(em: Em): Promise<NewJob<N>[]> };

const dueEmails: Due<'deliver-email'> = {
  name: 'deliver-email',
  async take(em) {
    const rows = await takeDueEmails(em, BATCH);
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
    const rows = await takeDueDeletions(em, BATCH);
    return rows.map(({ id, jobId }) => ({ name: 'erase-developer', data: { deletion_id: id }, opts: { jobId } }));
  },
};

/**
 * Adds all due work to the queue: retries, the work of a crashed worker, and everything from a lost queue. The database
 * is the source of truth, and the queue only delivers.
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
