import type { DeveloperId, PortalId } from '@gatehouse/contract/ids';
import { fieldError } from '@gatehouse/contract/errors';
import { CreateDeveloperInput, PortalDeveloper } from '@gatehouse/contract/portal-developer';
import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { fileRegistration } from '../approval/file-registration.ts';
import { changed, command, type Scope } from '../kernel/command.ts';
import { enterPortal } from '../portal/enter-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { newDeveloper } from '../developer/new-developer.ts';
import { portalDeveloperView } from './portal-developer.view.ts';

export const createPortalDeveloper = command({
  name: 'portalDevelopers.create',
  access: 'developers:write',
  summary: 'Create a developer that the front end has registered, by its developer_id, without password and email',
  input: CreateDeveloperInput,
  output: PortalDeveloper,
  async run(scope, { portal_id, developer_id }) {
    const { portal } = await enterPortal(scope, { portal_id });
    scope.authorize(manageIn(scope.actor, portal.id, 'portal'));
    await assertFree(scope, portal.id, developer_id);
    const state = portal.settings.registration_auto_approval ? 'Active' : 'Pending';
    const developer = newDeveloper(scope, {
      portal,
      developerId: developer_id,
      username: developer_id,
      name: undefined,
      locale: null,
      labels: {},
      state,
      passwordHash: null,
    });
    const event = scope.emit('developer.created', developer);
    if (state === 'Pending') fileRegistration(scope, event, { portal, developer });
    return changed(portalDeveloperView(developer));
  },
});

/** One query checks both rules, because both are about `developer_id`. The unique indexes decide races. */
async function assertFree({ em }: Scope, portal: PortalId, developerId: DeveloperId): Promise<void> {
  const holders = await em.find(Developer, {
    portal,
    leftAt: null,
    $or: [{ developerId }, { usernameKey: comparable(developerId) }],
  });
  if (holders.some((holder) => holder.developerId === developerId))
    throw fieldError('developer_id_taken', 'developer_id', 'Another developer of this portal has this developer_id.');
  if (holders.length > 0)
    throw fieldError(
      'username_taken',
      'developer_id',
      'Another developer of this portal has this developer_id as the username.',
    );
}
