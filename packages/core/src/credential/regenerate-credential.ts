import { NewCredential, RegenerateCredentialInput } from '@gatehouse/contract/credential';
import { changed, command } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { findPortal } from '../portal/find-portal.ts';
import { assertActive } from '../portal/portal-caller.ts';
import { giveSecret, makeSecret, retireSecrets } from './credential-secret.ts';
import { newCredentialView } from './credential.view.ts';
import { assertType, authorizedCredential, lockCredential } from './authorized-credential.ts';

export const regenerateCredential = command({
  name: 'credentials.regenerate',
  access: 'credentials:write',
  summary: 'Replace the secret of a credential; only this response contains the new key or password',
  input: RegenerateCredentialInput,
  output: NewCredential,
  async prepare({ em, actor }, input) {
    const fork = em.fork();
    const { row, caller } = await authorizedCredential({ em: fork, actor, authorize: enforce }, input);
    assertActive(row.developerState);
    assertType(row, input.type);
    const portal = await findPortal(fork, caller.portalId);
    return makeSecret(portal, input['basic-auth']);
  },
  async run(scope, { overlap_seconds = 0, ...ref }, secret) {
    const { credential, owner, caller, parent } = await lockCredential(scope, ref);
    assertActive(owner.state);
    await retireSecrets(scope, credential, new Date(scope.now.getTime() + overlap_seconds * 1000));
    await giveSecret(scope, credential, secret);
    credential.updatedAt = scope.now;
    scope.emit('credential.regenerated', { type: 'credential', id: credential.id, portalId: caller.portalId }, [
      secret.type,
    ]);
    return changed(newCredentialView(credential, { parent, secret }));
  },
});
