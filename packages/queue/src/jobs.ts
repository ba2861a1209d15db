import { Id } from '@gatehouse/contract/text';
import { z } from 'zod';

type JobDefinition = {
  /** Ids only: a handler reads what they name anew, because it may have changed or gone since. */
  payload: z.ZodObject;
  /** Jobs that one process works on at the same time. */
  concurrency: number;
};

/** Every queue: what its jobs carry and how they are worked on. Each handler has a queue of its own, of the same name. */
export const JOBS = {
  /** `attempt`: how often the mail had been tried when the job was made; any other number makes the job void. */
  'deliver-email': { payload: z.strictObject({ email_id: Id, attempt: z.int().min(0) }), concurrency: 20 },
  'erase-developer': { payload: z.strictObject({ deletion_id: Id }), concurrency: 2 },
} as const satisfies Record<string, JobDefinition>;

export type QueueName = keyof typeof JOBS;
export type JobPayload<N extends QueueName> = z.output<(typeof JOBS)[N]['payload']>;

export const QUEUE_NAMES = ['deliver-email', 'erase-developer'] as const satisfies QueueName[];

const DAY = 86_400;

/**
 * Of every job. Attempts are for the unexpected (a fault of the program, a database that went away): a handler deals with
 * the failures that belong to its work. Finished jobs stay for a while, because the id of a removed job is free again
 * (ages in seconds); the database, not the id, makes an effect happen once.
 *
 * The counts are small, because BullMQ on PostgreSQL sorts all kept jobs of a state whenever one more ends in that state:
 * with 10,000 kept, jobs complete and fail 4 times slower than with 200 (bench/README.md). Failed jobs are rarer and are
 * worth more to an operator.
 */
export const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  removeOnComplete: { age: DAY, count: 200 },
  removeOnFail: { age: 14 * DAY, count: 1000 },
};

/**
 * Milliseconds. A job whose worker died without a word is taken up again after at most the lock and two checks: 9 s.
 * The lock is renewed at half its time.
 */
export const LOCKS = { lockDuration: 5000, stalledInterval: 2000, maxStalledCount: 10 };
