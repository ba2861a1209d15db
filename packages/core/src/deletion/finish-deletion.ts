import { Deletion as View, DeletionRef } from '@gatehouse/contract/deletion';
import { notFound } from '@gatehouse/contract/errors';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { LockMode } from '@mikro-orm/core';
import { changed, command, unchanged } from '../kernel/command.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { detachHistory } from './detach-history.ts';
import { deletionView } from './deletion.view.ts';

/** More rows than can arrive between the last batch and this call. */
const LATE = 2000;

export const finishDeletion = command({
  name: 'deletions.finish',
  access: 'system',
  summary: 'Erase the record of the developer, as the last step of a deletion',
  input: DeletionRef,
  output: View,
  async run(scope, { deletion_id }) {
    const { em, actor, now } = scope;
    const deletion = await em.findOne(Deletion, { id: deletion_id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!deletion) throw notFound('deletion');
    scope.authorize(manageIn(actor, deletion.portal, 'deletion'));
    if (deletion.status === 'completed') return unchanged(deletionView(deletion));
    if (deletion.developer) {
      // A transaction that had read the developer before the deletion may have queued mail since the last batch.
      await detachHistory(em, { deletion: deletion.id, developer: deletion.developer, limit: LATE });
      await em.nativeDelete(Developer, { id: deletion.developer });
    }
    deletion.developer = null;
    deletion.complete(now);
    scope.emit('deletion.completed', deletion, ['status']);
    return changed(deletionView(deletion));
  },
});
