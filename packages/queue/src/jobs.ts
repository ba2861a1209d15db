import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';

type JobDefinition = {
  /** Ids only. A handler reads the records again, because they may have changed or been deleted since. */
  payload: z.ZodObject;
  /** Jobs that one process runs at the same time. */
  concurrency: number;
};

/** All queues, with the payload of their jobs and how they run. Each queue has one handler, of the same name. */
export const JOBS = {
  /** `attempt`: number of earlier delivery attempts when the job was created. A job with another number is outdated. */
  'deliver-email': { payload: z.strictObject({ email_id: rowId.email, attempt: z.int().min(0) }), concurrency: 20 },
  'erase-developer': { payload: z.strictObject({ deletion_id: rowId.deletion }), concurrency: 2 },
} as const satisfies Record<string, JobDefinition>;

export type QueueName = keyof typeof JOBS;
export type JobPayload<N extends QueueName> = z.output<(typeof JOBS)[N]['payload']>;

export const QUEUE_NAMES = ['deliver-email', 'erase-developer'] as const satisfies QueueName[];

const DAY = 86_400;

/**
 * Options of every job. BullMQ's attempts cover unexpected failures, such as a bug or a lost database; handlers
 * deal with expected failures themselves. Finished jobs are kept for a while, because removing a job frees its id (ages
 * in seconds). Still, it is the database, not the id, that makes an effect happen only once.
 *
 * The counts are small, because BullMQ on PostgreSQL sorts all kept jobs of a state whenever another job reaches that
 * state: with 10,000 kept jobs, jobs complete and fail 4 times slower than with 200 (bench/README.md). Failed jobs are
 * rarer and more useful to an operator, so more of them are kept.
 */
export const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  removeOnComplete: { age: DAY, count: 200 },
  removeOnFail: { age: 14 * DAY, count: 1000 },
};

/**
 * Milliseconds. When a worker dies, its jobs are picked up again after at most the lock and two checks: 9 s. The lock
 * is renewed at half its time.
 */
export const LOCKS = { lockDuration: 5000, stalledInterval: 2000, maxStalledCount: 10 };
