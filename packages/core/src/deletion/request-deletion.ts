import { statement } from '@gatehouse/db/statement';
import { newId } from '@gatehouse/db/columns';
import type { Actor } from '@gatehouse/contract/actor';
import type { DeletionCause } from '@gatehouse/contract/deletion';
import { Deletion, NO_PROGRESS } from '@gatehouse/db/entities/deletion.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Scope } from '../kernel/command.ts';
import { firstDueAt } from '../delivery/lease.ts';

const endIdentities = statement({
  name: 'identity.end',
  text: 'delete from identity where developer_uid = ?',
  params: ['uuid'],
});

/** Hides the locked developer from all reads. The worker erases the records later. */
export function requestDeletion(scope: Scope, developer: Developer, cause: DeletionCause): Deletion {
  const { em, now, actor } = scope;
  developer.leave(now);
  // There are only a few. Without them, the person can sign in immediately and gets a new account.
  if (developer.provider === 'sso') endIdentities.atCommit(em, [developer.id]);
  const deletion = em.create(Deletion, {
    id: newId(),
    portal: developer.portal,
    developer: developer.id,
    developerId: developer.developerId,
    username: developer.username,
    requestedBy: requestedBy(actor),
    cause,
    status: 'pending',
    progress: NO_PROGRESS,
    dueAt: firstDueAt(now),
    requestedAt: now,
  });
  scope.emit('developer.deleted', developer);
  scope.emit('deletion.requested', deletion);
  return deletion;
}

function requestedBy(actor: Actor): string | null {
  switch (actor.kind) {
    case 'admin_token':
    case 'operator':
    case 'portal_token':
    case 'system':
      return actor.id;
    case 'developer':
      return actor.developerId;
    case 'anonymous':
      return null;
  }
}
