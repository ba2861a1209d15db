import { deletePortalDeveloper } from '@gatehouse/core/deletion/delete-portal-developer';
import { createDeveloper } from '@gatehouse/core/developer/create-developer';
import { listPortalDevelopers } from '@gatehouse/core/developer/list-portal-developers';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const portalDevelopers = router({
  list: exposeQuery(listPortalDevelopers),
  create: exposeCommand(createDeveloper),
  delete: exposeCommand(deletePortalDeveloper),
});
