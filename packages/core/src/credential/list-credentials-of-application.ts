import { CredentialPage, ListCredentialsOfApplicationInput } from '@gatehouse/contract/credential';
import { authorizedApplication } from '../application/authorized-application.ts';
import { query } from '../kernel/query.ts';
import { credentialPage } from './credential-page.ts';

export const listCredentialsOfApplication = query({
  name: 'credentials.listOfApplication',
  access: 'credentials:read',
  summary: 'List the credentials of an application',
  input: ListCredentialsOfApplicationInput,
  output: CredentialPage,
  async run(scope, input) {
    const { row, caller } = await authorizedApplication(scope, input);
    return credentialPage(scope, input, { caller, applications: [row.id] });
  },
});
