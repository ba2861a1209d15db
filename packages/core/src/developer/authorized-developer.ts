import type { DeveloperId, PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { LockMode } from '@mikro-orm/core';
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
  return find(scope, ref, {});
}

/** Like `authorizedDeveloper`, and locks the developer until the transaction ends. */
export async function lockDeveloper(scope: Scope, ref: Ref): Promise<Developer> {
  return find(scope, ref, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

async function find(
  { em, actor, authorize }: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id, developer_id }: Ref,
  options: { lockMode?: LockMode },
): Promise<Developer> {
  authorize(manageIn(actor, portal_id, 'developer'));
  const developer =
    isId(portal_id) && isDeveloperId(developer_id)
      ? await em.findOne(Developer, { portal: portal_id, developerId: developer_id, leftAt: null }, options)
      : null;
  if (!developer) throw notFound('developer');
  return developer;
}
