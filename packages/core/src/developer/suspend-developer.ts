import { Developer, DeveloperRef } from '@gatehouse/contract/developer';
import { changed, command, unchanged } from '../command.ts';
import { endSessions } from '../session/end-sessions.ts';
import { developerView } from './developer.view.ts';
import { lockDeveloper } from './find-developer.ts';

export const suspendDeveloper = command({
  name: 'developers.suspend',
  access: 'developers:write',
  summary: 'Suspend an active developer',
  input: DeveloperRef,
  output: Developer,
  async run(scope, input) {
    const developer = await lockDeveloper(scope, input);
    if (!developer.suspend(scope.now)) return unchanged(developerView(developer));
    await endSessions(scope.em, developer.id);
    scope.emit({
      name: 'developer.suspended',
      portalId: developer.portal,
      resourceType: 'developer',
      resourceId: developer.developerId,
      changed: ['state'],
    });
    return changed(developerView(developer));
  },
});
