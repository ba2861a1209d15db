import { hash } from 'node:crypto';
import type { DeletionId, EmailId } from '@gatehouse/contract/ids';
import { MOST_PER_JOB, type QueueName } from '@gatehouse/queue/jobs';
import type { NewJob, Queues } from '@gatehouse/queue/queues';

/** `key`: names the record and the reason to hand it over now. */
type Keyed = { key: string };
type HandedEmail = Keyed & { id: EmailId; attempts: number };
type HandedDeletion = Keyed & { id: DeletionId };

export const emailJobs = (emails: readonly HandedEmail[]): NewJob<'deliver-email'>[] =>
  inBatches(emails).map((batch) => ({
    name: 'deliver-email',
    data: { emails: batch.map(({ id, attempts }) => ({ email_id: id, attempt: attempts })) },
    opts: { jobId: idOf(batch) },
  }));

export const deletionJobs = (deletions: readonly HandedDeletion[]): NewJob<'erase-developer'>[] =>
  inBatches(deletions).map((batch) => ({
    name: 'erase-developer',
    data: { deletions: batch.map(({ id }) => id) },
    opts: { jobId: idOf(batch) },
  }));

export async function addJobs<N extends QueueName>(
  queues: Pick<Queues, 'queue'>,
  name: N,
  jobs: NewJob<N>[],
): Promise<void> {
  if (jobs.length > 0) await queues.queue(name).addBulk(jobs);
}

function inBatches<T>(records: readonly T[]): T[][] {
  const count = Math.ceil(records.length / MOST_PER_JOB);
  return Array.from({ length: count }, (_, n) => records.slice(n * MOST_PER_JOB, (n + 1) * MOST_PER_JOB));
}

/** The same for the same batch, so that the queue ignores a batch that it already has. */
const idOf = (batch: readonly Keyed[]): string => hash('sha256', batch.map(({ key }) => key).join(' '), 'base64url');
