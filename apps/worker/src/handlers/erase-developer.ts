import { eraseBatch } from '@gatehouse/core/deletion/erase-batch';
import { finishDeletion } from '@gatehouse/core/deletion/finish-deletion';
import type { JobPayload } from '@gatehouse/queue/jobs';
import type { Deps } from '../deps.ts';

/**
 * Erases what a developer owned, batch by batch, and at last the developer. May be broken off after any batch and run
 * twice at once: what is erased stays so, and who finds nothing left finishes. When the process stops, the rest is left
 * to the sweeper.
 */
export async function eraseDeveloper(deps: Deps, { deletion_id }: JobPayload<'erase-developer'>): Promise<void> {
  const { context, log, stopping } = deps;
  for (let batch = 1; ; batch += 1) {
    const { done } = await eraseBatch(context(), deletion_id);
    log.info({ deletion: deletion_id, batch, done }, 'erasing');
    if (done) break;
    if (stopping.aborted) return;
  }
  await finishDeletion.execute(context(), { deletion_id });
  log.info({ deletion: deletion_id }, 'erased');
}
