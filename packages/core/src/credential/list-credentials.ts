import { CredentialPage, ListCredentialsInput } from '@gatehouse/contract/credential';
import { findPortal } from '../portal/find-portal.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { query } from '../query.ts';
import { credentialPage } from './credential-page.ts';

export const listCredentials = query({
  name: 'credentials.list',
  access: 'credentials:read',
  summary: 'List the credentials of a portal, or of the developer on whose behalf the call is made',
  input: ListCredentialsInput,
  output: CredentialPage,
  async run(scope, input) {
    const { decision, caller } = portalCaller(scope.actor, input.portal_id);
    scope.authorize(decision);
    await findPortal(scope.em, caller.portalId);
    return credentialPage(scope, input, { caller, applications: input.application_id });
  },
});
