import { Application, UpdateApplicationInput } from '@gatehouse/contract/application';
import { changed, command, unchanged } from '../kernel/command.ts';
import { changedFields } from '../kernel/merge-patch.ts';
import { applicationView } from './application.view.ts';
import { lockApplication } from './authorized-application.ts';

export const updateApplication = command({
  name: 'applications.update',
  access: 'applications:write',
  summary: 'Replace the name, description and labels of an application: an absent desc or labels is cleared',
  input: UpdateApplicationInput,
  output: Application,
  async run(scope, { name, desc = '', labels = {}, ...ref }) {
    const { application, owner, caller } = await lockApplication(scope, ref);
    const before = applicationView(application, owner.developerId);
    const after = { name: name ?? before.name, desc, labels };
    const names = changedFields(before, after);
    if (names.length === 0) return unchanged(before);
    Object.assign(application, after, { updatedAt: scope.now });
    scope.emit('application.updated', { type: 'application', id: application.id, portalId: caller.portalId }, names);
    return changed(applicationView(application, owner.developerId));
  },
});
