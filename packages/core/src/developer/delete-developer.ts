import { Deletion } from '@gatehouse/contract/deletion';
import { DeveloperRef } from '@gatehouse/contract/developer';
import { changed, command } from '../kernel/command.ts';
import { lockDeveloper } from './authorized-developer.ts';
import { deletionView } from '../deletion/deletion.view.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';

export const deleteDeveloper = command({
  name: 'developers.delete',
  access: 'developers:write',
  summary: 'Delete a developer with all its records',
  input: DeveloperRef,
  output: Deletion,
  async run(scope, input) {
    const developer = await lockDeveloper(scope, input);
    return changed(deletionView(requestDeletion(scope, developer, 'deleted')));
  },
});
