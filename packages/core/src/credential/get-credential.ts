import { Credential, CredentialRef } from '@gatehouse/contract/credential';
import { query } from '../kernel/query.ts';
import { credentialView } from './credential.view.ts';
import { authorizedCredential } from './authorized-credential.ts';

export const getCredential = query({
  name: 'credentials.get',
  access: 'credentials:read',
  summary: 'Get a credential, without its secret',
  input: CredentialRef,
  output: Credential,
  async run(scope, input) {
    const { row } = await authorizedCredential(scope, input);
    return credentialView(row, row);
  },
});
