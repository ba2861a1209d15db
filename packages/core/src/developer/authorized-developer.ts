import type { DeveloperId, PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { entityBy, type Lock } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';
import { manageIn } from '../portal/portal.policy.ts';
import type { QueryScope } from '../kernel/query.ts';
import { isDeveloperId, isId } from '../list/ids.ts';

type Ref = { portal_id: PortalId; developer_id: DeveloperId };

/** Finds a developer that the actor may manage. Throws `not_found` for every other one. */
export async function authorizedDeveloper(
  scope: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  ref: Ref,
): Promise<Developer> {
  return find(scope, ref);
}

/** Like `authorizedDeveloper`, and locks the developer until the transaction ends. */
export async function lockDeveloper(scope: Scope, ref: Ref): Promise<Developer> {
  return find(scope, ref, 'for update');
}

async function find(
  { em, actor, authorize }: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id, developer_id }: Ref,
  lock?: Lock,
): Promise<Developer> {
  authorize(manageIn(actor, portal_id, 'developer'));
  const developer =
    isId(portal_id) && isDeveloperId(developer_id)
      ? await entityBy(em, Developer, {
          where: 'e.portal_id = ? and e.developer_id = ? and e.left_at is null',
          values: [portal_id, developer_id],
          lock,
        })
      : null;
  if (!developer) throw notFound('developer');
  return developer;
}
