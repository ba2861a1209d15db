import { Credential, CredentialRef } from '@gatehouse/contract/credential';
import { query } from '../query.ts';
import { credentialView } from './credential.view.ts';
import { findCredential } from './find-credential.ts';

export const getCredential = query({
  name: 'credentials.get',
  access: 'credentials:read',
  summary: 'Get a credential, without its secret',
  input: CredentialRef,
  output: Credential,
  async run(scope, input) {
    const { row } = await findCredential(scope, input);
    return credentialView(row, row);
  },
});
