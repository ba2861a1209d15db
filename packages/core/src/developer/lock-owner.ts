import type { DeveloperUid } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../kernel/command.ts';
import { assertMayChange, type PortalCaller } from '../portal/portal-caller.ts';

const lockedIn =
  (lockMode: LockMode) =>
  async ({ em }: Scope, caller: PortalCaller, uid: DeveloperUid): Promise<Developer> => {
    const owner = await em.findOne(Developer, { id: uid, leftAt: null }, { lockMode });
    if (!owner) throw notFound('developer');
    assertMayChange({ ...caller, developer: caller.developer && { ...caller.developer, state: owner.state } });
    return owner;
  };

/**
 * Locks the developer who owns the records that are about to change, until the transaction ends. Checks the caller's
 * rights again under the lock, so that a concurrent deletion or suspension wins.
 */
export const lockOwner = lockedIn(LockMode.PESSIMISTIC_READ);

/** Like `lockOwner`, but exclusively, for records that are counted before another one is added. */
export const lockOwnerAlone = lockedIn(LockMode.PESSIMISTIC_WRITE);
