import { Developer, DeveloperRef } from '@gatehouse/contract/developer';
import { changed, command, unchanged } from '../command.ts';
import { developerView } from './developer.view.ts';
import { lockDeveloper } from './find-developer.ts';

export const reactivateDeveloper = command({
  name: 'developers.reactivate',
  access: 'developers:write',
  summary: 'Reactivate a suspended developer',
  input: DeveloperRef,
  output: Developer,
  async run(scope, input) {
    const developer = await lockDeveloper(scope, input);
    if (!developer.reactivate(scope.now)) return unchanged(developerView(developer));
    scope.emit({
      name: 'developer.reactivated',
      portalId: developer.portal,
      resourceType: 'developer',
      resourceId: developer.developerId,
      changed: ['state'],
    });
    return changed(developerView(developer));
  },
});
