import { takeDueDeletions } from '@gatehouse/core/deletion/take-due-deletions';
import { takeDueEmails } from '@gatehouse/core/email/emails-to-deliver';
import type { Context } from '@gatehouse/core/kernel/context';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { Queues } from '@gatehouse/queue/queues';
import { addJobs, deletionJobs, emailJobs } from './jobs.ts';

type Em = Context['em'];

/** Rows per statement. */
const BATCH = 500;
/**
 * Waiting jobs. The sweeper adds no work to a longer queue; what that queue has lost can wait. Enough for full jobs to last until
 * the next sweep.
 */
const NEARLY_IDLE = 60;

/**
 * Hands over at most `BATCH` due rows, and returns their number. The rows are taken in a transaction that ends before the
 * queue has the jobs. Otherwise a worker that starts a job immediately would find the row still leased or locked, and leave
 * it to the next sweep after ten seconds. If the queue does not accept the jobs, the rows are due again after that time.
 */
type HandOver = (em: Em, queues: Queues) => Promise<number>;

const handOverEmails: HandOver = async (em, queues) => {
  const due = await takeDueEmails(em, BATCH);
  await addJobs(queues, 'deliver-email', emailJobs(due));
  return due.length;
};

const handOverDeletions: HandOver = async (em, queues) => {
  const due = await takeDueDeletions(em, BATCH);
  await addJobs(queues, 'erase-developer', deletionJobs(due));
  return due.length;
};

/**
 * Adds all due work to the queue: retries, the work of a crashed worker, and everything from a lost queue. The database
 * is the source of truth, and the queue only delivers.
 */
export async function sweep(em: Em, queues: Queues): Promise<void> {
  await sweepQueue(em, queues, { name: 'deliver-email', handOver: handOverEmails });
  await sweepQueue(em, queues, { name: 'erase-developer', handOver: handOverDeletions });
}

type Sweep = { name: QueueName; handOver: HandOver };

async function sweepQueue(em: Em, queues: Queues, { name, handOver }: Sweep): Promise<void> {
  const queue = queues.queue(name);
  for (;;) {
    const { waiting = 0 } = await queue.getJobCounts('waiting');
    if (waiting >= NEARLY_IDLE || (await queue.isPaused())) return;
    const count = await handOver(em.fork(), queues);
    if (count < BATCH) return;
  }
}
