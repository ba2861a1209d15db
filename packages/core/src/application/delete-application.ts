import { ApplicationRef } from '@gatehouse/contract/application';
import { cancelPending } from '../approval/cancel-pending.ts';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockApplication } from './authorized-application.ts';

export const deleteApplication = command({
  name: 'applications.delete',
  access: 'applications:write',
  summary: 'Delete an application with its credentials and subscriptions; its pending approvals are cancelled',
  input: ApplicationRef,
  output: Nothing,
  async run(scope, input) {
    const { application, caller } = await lockApplication(scope, input);
    await cancelPending(scope, 'application_id', application.id);
    scope.em.remove(application);
    scope.emit('application.deleted', { type: 'application', id: application.id, portalId: caller.portalId });
    return changed(null);
  },
});
