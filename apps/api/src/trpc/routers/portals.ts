import { createPortal } from '@gatehouse/core/portal/create-portal';
import { deletePortal } from '@gatehouse/core/portal/delete-portal';
import { getPortal } from '@gatehouse/core/portal/get-portal';
import { listPortals } from '@gatehouse/core/portal/list-portals';
import { updatePortal } from '@gatehouse/core/portal/update-portal';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const portals = router({
  list: exposeQuery(listPortals),
  get: exposeQuery(getPortal),
  create: exposeCommand(createPortal, 'change'),
  update: exposeCommand(updatePortal, 'change'),
  delete: exposeCommand(deletePortal, 'change'),
});
