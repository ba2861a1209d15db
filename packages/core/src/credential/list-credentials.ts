import { CredentialPage, ListCredentialsInput } from '@gatehouse/contract/credential';
import { enterPortal } from '../portal/enter-portal.ts';
import { query } from '../kernel/query.ts';
import { credentialPage } from './credential-page.ts';

export const listCredentials = query({
  name: 'credentials.list',
  access: 'credentials:read',
  summary: 'List the credentials of a portal, or of the developer on whose behalf the call is made',
  input: ListCredentialsInput,
  output: CredentialPage,
  async run(scope, input) {
    const { caller } = await enterPortal(scope, input);
    return credentialPage(scope, input, { caller, applications: input.application_id });
  },
});
