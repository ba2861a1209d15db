import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';

type JobDefinition = {
  /** Ids only. A handler reads the records again, because they may have changed or been deleted since. */
  payload: z.ZodType<object>;
  /** Jobs that one process runs at the same time. */
  concurrency: number;
};

/** The most records that one job names. */
export const MOST_PER_JOB = 50;

const listOf = <S extends z.ZodType>(record: S) => z.array(record).min(1).max(MOST_PER_JOB);

/** `attempt`: number of earlier delivery attempts when the job was created. A mail that was tried since is left out. */
const HandedEmail = z.strictObject({ email_id: rowId.email, attempt: z.int().min(0) });

/** The jobs of earlier releases name one record each. */
const oneOrManyEmails = (data: unknown): unknown => (HandedEmail.safeParse(data).success ? { emails: [data] } : data);
const oneOrManyDeletions = (data: unknown): unknown => {
  const one = OneDeletion.safeParse(data);
  return one.success ? { deletions: [one.data.deletion_id] } : data;
};
const OneDeletion = z.strictObject({ deletion_id: rowId.deletion });

/** All queues, with the payload of their jobs and how they run. Each queue has one handler, of the same name. */
export const JOBS = {
  /** One job for each connection to the mail server, so that mails that stall delay no job before they occupy them all. */
  'deliver-email': {
    payload: z.preprocess(oneOrManyEmails, z.strictObject({ emails: listOf(HandedEmail) })),
    concurrency: 20,
  },
  'erase-developer': {
    payload: z.preprocess(oneOrManyDeletions, z.strictObject({ deletions: listOf(rowId.deletion) })),
    concurrency: 2,
  },
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
