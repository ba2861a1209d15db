import { deleteDeveloper } from '@gatehouse/core/developer/delete-developer';
import { deletionPreview } from '@gatehouse/core/developer/deletion-preview';
import { getDeveloper } from '@gatehouse/core/developer/get-developer';
import { inviteDeveloper } from '@gatehouse/core/developer/invite-developer';
import { listDevelopers } from '@gatehouse/core/developer/list-developers';
import { reactivateDeveloper } from '@gatehouse/core/developer/reactivate-developer';
import { renewInvite } from '@gatehouse/core/developer/renew-invite';
import { suspendDeveloper } from '@gatehouse/core/developer/suspend-developer';
import { updateDeveloper } from '@gatehouse/core/developer/update-developer';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const developers = router({
  list: exposeQuery(listDevelopers),
  get: exposeQuery(getDeveloper),
  invite: exposeCommand(inviteDeveloper, 'password'),
  update: exposeCommand(updateDeveloper, 'mail'),
  suspend: exposeCommand(suspendDeveloper, 'mail'),
  reactivate: exposeCommand(reactivateDeveloper, 'mail'),
  renewInvite: exposeCommand(renewInvite, 'password'),
  deletionPreview: exposeQuery(deletionPreview),
  delete: exposeCommand(deleteDeveloper, 'change'),
});
