import { notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../kernel/command.ts';
import { assertMayChange, type PortalCaller } from '../portal/portal-caller.ts';

const lockedIn =
  (lockMode: LockMode) =>
  async ({ em }: Scope, caller: PortalCaller, uid: string): Promise<Developer> => {
    const owner = await em.findOne(Developer, { id: uid, leftAt: null }, { lockMode });
    if (!owner) throw notFound('developer');
    assertMayChange({ ...caller, developer: caller.developer && { ...caller.developer, state: owner.state } });
    return owner;
  };

/**
 * Locks the living developer (by its internal id) whose records are about to change. The developer stays as it is until
 * the transaction ends. The caller's rights are checked again here, so a racing deletion or suspension wins.
 */
export const lockOwner = lockedIn(LockMode.PESSIMISTIC_READ);

/** As `lockOwner`, but only one transaction at a time: for what must be counted before more is added. */
export const lockOwnerAlone = lockedIn(LockMode.PESSIMISTIC_WRITE);
