import { CredentialRef } from '@gatehouse/contract/credential';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockCredential } from './authorized-credential.ts';

export const deleteCredential = command({
  name: 'credentials.delete',
  access: 'credentials:write',
  summary: 'Delete a credential; it stops working immediately',
  input: CredentialRef,
  output: Nothing,
  async run(scope, input) {
    const { credential, caller } = await lockCredential(scope, input);
    scope.em.remove(credential);
    scope.emit('credential.deleted', { type: 'credential', id: credential.id, portalId: caller.portalId });
    return changed(null);
  },
});
