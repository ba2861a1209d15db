import { Credential, UpdateCredentialInput } from '@gatehouse/contract/credential';
import { changed, command, unchanged } from '../kernel/command.ts';
import { expiryOf } from '../kernel/expiry.ts';
import { changedFields } from '../kernel/merge-patch.ts';
import { credentialView } from './credential.view.ts';
import { assertType, lockCredential } from './authorized-credential.ts';

export const updateCredential = command({
  name: 'credentials.update',
  access: 'credentials:write',
  summary:
    'Replace the name, description and labels of a credential: an absent desc or labels is cleared; the secret stays',
  input: UpdateCredentialInput,
  output: Credential,
  async run(scope, { type, name, desc = '', labels = {}, expires_at, ...ref }) {
    const { credential, caller, parent } = await lockCredential(scope, ref);
    assertType(credential, type);
    const before = {
      name: credential.name,
      desc: credential.desc,
      labels: credential.labels,
      expiresAt: credential.expiresAt ?? null,
    };
    const after = {
      name,
      desc,
      labels,
      expiresAt: expires_at === undefined ? before.expiresAt : expiryOf(expires_at, scope.now),
    };
    const names = changedFields(before, after).map((field) => (field === 'expiresAt' ? 'expires_at' : field));
    if (names.length === 0) return unchanged(credentialView(credential, parent));
    Object.assign(credential, after, { updatedAt: scope.now });
    scope.emit('credential.updated', { type: 'credential', id: credential.id, portalId: caller.portalId }, names);
    return changed(credentialView(credential, parent));
  },
});
