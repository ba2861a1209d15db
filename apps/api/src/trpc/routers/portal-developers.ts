import { deletePortalDeveloper } from '@gatehouse/core/portal-developer/delete-portal-developer';
import { createPortalDeveloper } from '@gatehouse/core/portal-developer/create-portal-developer';
import { listPortalDevelopers } from '@gatehouse/core/portal-developer/list-portal-developers';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const portalDevelopers = router({
  list: exposeQuery(listPortalDevelopers),
  create: exposeCommand(createPortalDeveloper, 'mail'),
  delete: exposeCommand(deletePortalDeveloper, 'change'),
});
