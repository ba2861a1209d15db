import { CreateCredentialInput, NewCredential } from '@gatehouse/contract/credential';
import { newId } from '@gatehouse/db/columns';
import { Credential } from '@gatehouse/db/entities/credential.entity';
import { authorizedApplication, lockApplication } from '../application/authorized-application.ts';
import { changed, command } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { expiryOf } from '../kernel/expiry.ts';
import { fragment } from '../list/fragment.ts';
import { assertBelowLimit } from '../portal/assert-below-limit.ts';
import { findPortal } from '../portal/find-portal.ts';
import { assertActive } from '../portal/portal-caller.ts';
import { giveSecret, makeSecret } from './credential-secret.ts';
import { newCredentialView } from './credential.view.ts';

export const createCredential = command({
  name: 'credentials.create',
  access: 'credentials:write',
  summary: 'Create a credential; only this response contains its key or password',
  input: CreateCredentialInput,
  output: NewCredential,
  async prepare({ em, actor, now }, input) {
    const fork = em.fork();
    const { row, caller } = await authorizedApplication({ em: fork, actor, authorize: enforce }, input);
    assertActive(row.developerState);
    const expiresAt = expiryOf(input.expires_at, now);
    const portal = await findPortal(fork, caller.portalId);
    return { expiresAt, secret: await makeSecret(portal, input['basic-auth']) };
  },
  async run(scope, { type, name, desc = '', labels = {}, ...ref }, { expiresAt, secret }) {
    const { em, now } = scope;
    const { application, owner, caller } = await lockApplication(scope, ref);
    assertActive(owner.state);
    await assertBelowLimit(scope, {
      portalId: caller.portalId,
      setting: 'max_credentials',
      held: fragment('credential where application_id = ?', application.id),
    });
    const credential = em.create(Credential, {
      id: newId(),
      application: application.id,
      developerUid: owner.id,
      portalId: owner.portal,
      type,
      name,
      desc,
      labels,
      expiresAt,
      createdAt: now,
      updatedAt: now,
    });
    await giveSecret(scope, credential, secret);
    scope.emit('credential.created', { type: 'credential', id: credential.id, portalId: caller.portalId });
    const parent = { applicationId: application.id, applicationName: application.name, developerId: owner.developerId };
    return changed(newCredentialView(credential, { parent, secret }));
  },
});
