import { CredentialPage, ListCredentialsInput } from '@gatehouse/contract/credential';
import { pageIn } from '../portal/page-in.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { query } from '../kernel/query.ts';
import { credentialPage } from './credential-page.ts';

export const listCredentials = query({
  name: 'credentials.list',
  access: 'credentials:read',
  summary: 'List the credentials of a portal, or of the developer on whose behalf the call is made',
  input: ListCredentialsInput,
  output: CredentialPage,
  async run(scope, input) {
    const caller = portalCaller(scope, input.portal_id);
    const read = () => credentialPage(scope, input, { caller, applications: input.application_id });
    return pageIn(scope, caller.portalId, read);
  },
});
