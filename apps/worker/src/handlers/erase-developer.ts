import type { DeletionId } from '@gatehouse/contract/ids';
import { beginDeletion } from '@gatehouse/core/deletion/begin-deletion';
import { eraseBatch, releaseDeletion } from '@gatehouse/core/deletion/erase-batch';
import { finishDeletion } from '@gatehouse/core/deletion/finish-deletion';
import { finishManyDeletions } from '@gatehouse/core/deletion/finish-many-deletions';
import { unfinishedDeletions } from '@gatehouse/core/deletion/take-due-deletions';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';
import { failure, isUnavailable } from '../failure.ts';
import type { JobResult } from '../handler.ts';

/**
 * Erases developers who own few records in one transaction, and each of the others in batches. If that transaction fails, each
 * developer is erased separately, so that one failure does not stop the others. The queue retries the job for those that failed.
 */
export async function eraseDevelopers(deps: Deps, { deletions }: JobPayload<'erase-developer'>): Promise<JobResult> {
  let completed = deps.ending.aborted ? 0 : await finishOrdinary(deps, deletions);
  const failures: unknown[] = [];
  for (const id of await unfinishedDeletions(deps.context().em, deletions)) {
    try {
      if (await eraseDeveloper(deps, id)) completed += 1;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      deps.log.error({ deletion: id, ...failure(error) }, 'deletion failed');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { deletions: deletions.length, completed };
}

async function finishOrdinary({ context, log }: Deps, deletions: DeletionId[]): Promise<number> {
  try {
    const completed = await finishManyDeletions.execute(context(), { deletions });
    for (const deletion of completed) log.info({ deletion }, 'deletion completed');
    return completed.length;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    log.warn({ deletions: deletions.length, ...failure(error) }, 'deletions failed together');
    return 0;
  }
}

/** Milliseconds after which a transaction of a large deletion begins no further statement, because it holds its locks. */
const TRANSACTION = 25;

/**
 * Erases the records of a developer in batches, and then the developer. The job can be interrupted after any batch, and
 * two workers can run it concurrently: erased rows stay erased, and the worker that finds no more rows finishes. When a
 * worker stops, the sweeper of another worker queues the rest. False if this worker stops.
 */
async function eraseDeveloper({ context, log, ending }: Deps, deletion: DeletionId): Promise<boolean> {
  await beginDeletion(context(), deletion);
  for (let batch = 1; ; batch += 1) {
    if (ending.aborted) {
      await releaseDeletion(context(), deletion);
      return false;
    }
    const end = performance.now() + TRANSACTION;
    const { done } = await eraseBatch(context(), deletion, () => performance.now() < end);
    log.info({ deletion, batch, done }, 'deletion batch erased');
    if (done) break;
  }
  await finishDeletion.execute(context(), { deletion_id: deletion });
  log.info({ deletion }, 'deletion completed');
  return true;
}
