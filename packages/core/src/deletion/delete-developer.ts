import { Deletion } from '@gatehouse/contract/deletion';
import { DeveloperRef } from '@gatehouse/contract/developer';
import { changed, command } from '../command.ts';
import { lockDeveloper } from '../developer/find-developer.ts';
import { deletionView } from './deletion.view.ts';
import { requestDeletion } from './request-deletion.ts';

export const deleteDeveloper = command({
  name: 'developers.delete',
  access: 'developers:write',
  summary: 'Delete a developer with all its records',
  input: DeveloperRef,
  output: Deletion,
  async run(scope, input) {
    const developer = await lockDeveloper(scope, input);
    return changed(deletionView(await requestDeletion(scope, developer, 'deleted')));
  },
});
