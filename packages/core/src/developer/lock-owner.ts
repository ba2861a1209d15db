import { notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../command.ts';
import { assertMayChange, type PortalCaller } from '../portal/portal-caller.ts';

/**
 * The living developer (by its internal id) whose own is about to change. It stays as it is until this transaction ends:
 * of a change and a racing deletion or suspension the latter wins, for the caller's view of it is asked for again here.
 */
export async function lockOwner({ em }: Scope, caller: PortalCaller, uid: string): Promise<Developer> {
  const owner = await em.findOne(Developer, { id: uid, leftAt: null }, { lockMode: LockMode.PESSIMISTIC_READ });
  if (!owner) throw notFound('developer');
  assertMayChange({ ...caller, developer: caller.developer && { ...caller.developer, state: owner.state } });
  return owner;
}
