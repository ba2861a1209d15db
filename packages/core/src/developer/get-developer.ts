import { Developer, DeveloperRef } from '@gatehouse/contract/developer';
import { query } from '../kernel/query.ts';
import { developerView } from './developer.view.ts';
import { authorizedDeveloper } from './authorized-developer.ts';

export const getDeveloper = query({
  name: 'developers.get',
  access: 'developers:read',
  summary: 'Get a developer',
  input: DeveloperRef,
  output: Developer,
  run: async (scope, input) => developerView(await authorizedDeveloper(scope, input)),
});
