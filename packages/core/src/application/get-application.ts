import { Application, ApplicationRef } from '@gatehouse/contract/application';
import { query } from '../kernel/query.ts';
import { applicationView } from './application.view.ts';
import { authorizedApplication } from './authorized-application.ts';

export const getApplication = query({
  name: 'applications.get',
  access: 'applications:read',
  summary: 'Get an application',
  input: ApplicationRef,
  output: Application,
  async run(scope, input) {
    const { row } = await authorizedApplication(scope, input);
    return applicationView(row, row.developerId);
  },
});
