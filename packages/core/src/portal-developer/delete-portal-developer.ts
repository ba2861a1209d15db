import { Deletion } from '@gatehouse/contract/deletion';
import { PortalDeveloperRef } from '@gatehouse/contract/portal-developer';
import { changed, command } from '../kernel/command.ts';
import { lockDeveloper } from '../developer/authorized-developer.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { deletionView } from '../deletion/deletion.view.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';

export const deletePortalDeveloper = command({
  name: 'portalDevelopers.delete',
  access: 'developers:write',
  summary: 'Delete a developer with all its records; Location points to the deletion',
  input: PortalDeveloperRef,
  output: Deletion,
  async run(scope, { portal_id, developer_id }) {
    const caller = portalCaller(scope, portal_id);
    const developer = await lockDeveloper(scope, { portal_id: caller.portalId, developer_id });
    return changed(deletionView(requestDeletion(scope, developer, 'deleted')));
  },
});
