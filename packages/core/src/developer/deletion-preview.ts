import { DeletionPreview, DeveloperRef } from '@gatehouse/contract/developer';
import { authorizedDeveloper } from './authorized-developer.ts';
import { query } from '../kernel/query.ts';
import { countOwned } from '../deletion/count-owned.ts';

export const deletionPreview = query({
  name: 'developers.deletionPreview',
  access: 'developers:read',
  summary: 'Count the records that deleting a developer would erase',
  input: DeveloperRef,
  output: DeletionPreview,
  async run(scope, input) {
    const developer = await authorizedDeveloper(scope, input);
    return { developer_id: developer.developerId, ...(await countOwned(scope.em, developer.id)) };
  },
});
