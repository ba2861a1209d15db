import { DeletionPreview, DeveloperRef } from '@gatehouse/contract/developer';
import { findDeveloper } from '../developer/find-developer.ts';
import { query } from '../query.ts';
import { countOwned } from './count-owned.ts';

export const previewDeletion = query({
  name: 'developers.deletionPreview',
  access: 'developers:read',
  summary: 'Count the records that deleting a developer would erase',
  input: DeveloperRef,
  output: DeletionPreview,
  async run(scope, input) {
    const developer = await findDeveloper(scope, input);
    return { developer_id: developer.developerId, ...(await countOwned(scope.em, developer.id)) };
  },
});
