import { GatehouseError } from '@gatehouse/contract/errors';
import { PortalRef } from '@gatehouse/contract/portal';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { statement } from '@gatehouse/db/statement';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { findPortal } from './find-portal.ts';
import { manageIn, manageInstallation } from './portal.policy.ts';

/** Operators keep their other portals. One who has no other can sign in, and sees nothing. */
const forgetPortal = statement({
  name: 'operator.forget_portal',
  text: 'update operator set portal_ids = array_remove(portal_ids, ?) where portal_ids @> array[?::uuid]',
  params: ['uuid', 'uuid'],
});

export const deletePortal = command({
  name: 'portals.delete',
  access: 'portals:write',
  summary: 'Delete an empty portal with its tokens, mails and finished approvals; the audit log stays',
  input: PortalRef,
  output: Nothing,
  async run({ em, actor, authorize, emit }, { portal_id }) {
    // The foreign key of a concurrent registration waits for this lock.
    const portal = await findPortal(em, portal_id, 'for update');
    authorize(manageIn(actor, portal.id, 'portal'));
    authorize(manageInstallation(actor));
    const developer = await em.findOne(Developer, { portal: portal.id });
    if (developer) throw notEmpty('Delete its developers first, and wait until they are erased.');
    const open = await em.findOne(Deletion, { portal: portal.id, status: { $ne: 'completed' } });
    if (open) throw notEmpty('Wait until the deletion in progress has completed.');
    await forgetPortal.run(em, [portal.id, portal.id]);
    em.remove(portal);
    emit('portal.deleted', portal);
    return changed(null);
  },
});

const notEmpty = (what: string): GatehouseError =>
  new GatehouseError('portal_not_empty', `The portal is not empty. ${what}`);
