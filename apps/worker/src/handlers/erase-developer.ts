import { eraseBatch, releaseDeletion } from '@gatehouse/core/deletion/erase-batch';
import { finishDeletion } from '@gatehouse/core/deletion/finish-deletion';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';

/**
 * Erases the records of a developer in batches, and then the developer. The job can be interrupted after any batch, and
 * two workers can run it concurrently: erased rows stay erased, and the worker that finds no more rows finishes. When a
 * worker stops, the sweeper of another worker queues the rest.
 */
export async function eraseDeveloper(deps: Deps, { deletion_id }: JobPayload<'erase-developer'>): Promise<void> {
  const { context, log, ending } = deps;
  for (let batch = 1; ; batch += 1) {
    if (ending.aborted) {
      await releaseDeletion(context(), deletion_id);
      return;
    }
    const { done } = await eraseBatch(context(), deletion_id);
    log.info({ deletion: deletion_id, batch, done }, 'deletion batch erased');
    if (done) break;
  }
  await finishDeletion.execute(context(), { deletion_id });
  log.info({ deletion: deletion_id }, 'deletion completed');
}
