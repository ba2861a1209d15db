import { createApplication } from '@gatehouse/core/application/create-application';
import { deleteApplication } from '@gatehouse/core/application/delete-application';
import { getApplication } from '@gatehouse/core/application/get-application';
import { listApiCalls } from '@gatehouse/core/application/list-api-calls';
import { listApplications } from '@gatehouse/core/application/list-applications';
import { updateApplication } from '@gatehouse/core/application/update-application';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const applications = router({
  list: exposeQuery(listApplications),
  create: exposeCommand(createApplication, 'change'),
  get: exposeQuery(getApplication),
  listApiCalls: exposeQuery(listApiCalls),
  update: exposeCommand(updateApplication, 'change'),
  delete: exposeCommand(deleteApplication, 'change'),
});
