import { createCredential } from '@gatehouse/core/credential/create-credential';
import { deleteCredential } from '@gatehouse/core/credential/delete-credential';
import { getCredential } from '@gatehouse/core/credential/get-credential';
import { listCredentials } from '@gatehouse/core/credential/list-credentials';
import { listCredentialsOfApplication } from '@gatehouse/core/credential/list-credentials-of-application';
import { regenerateCredential } from '@gatehouse/core/credential/regenerate-credential';
import { updateCredential } from '@gatehouse/core/credential/update-credential';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const credentials = router({
  list: exposeQuery(listCredentials),
  listOfApplication: exposeQuery(listCredentialsOfApplication),
  create: exposeCommand(createCredential, 'password'),
  get: exposeQuery(getCredential),
  update: exposeCommand(updateCredential, 'password'),
  delete: exposeCommand(deleteCredential, 'change'),
  regenerate: exposeCommand(regenerateCredential, 'password'),
});
