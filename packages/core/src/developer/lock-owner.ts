import type { DeveloperUid } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { entityBy, type Lock } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';
import { assertMayChange, type PortalCaller } from '../portal/portal-caller.ts';

const lockedIn =
  (lock: Lock) =>
  async ({ em }: Scope, caller: PortalCaller, uid: DeveloperUid): Promise<Developer> => {
    const owner = await entityBy(em, Developer, { where: 'e.id = ? and e.left_at is null', values: [uid], lock });
    if (!owner) throw notFound('developer');
    assertMayChange({ ...caller, developer: caller.developer && { ...caller.developer, state: owner.state } });
    return owner;
  };

/**
 * Locks the developer who owns the records that are about to change, until the transaction ends. Checks the caller's
 * rights again under the lock, so that a concurrent deletion or suspension wins.
 */
export const lockOwner = lockedIn('for share');

/** Like `lockOwner`, but exclusively, for records that are counted before another one is added. */
export const lockOwnerAlone = lockedIn('for update');
