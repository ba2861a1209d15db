import { Developer } from '@gatehouse/contract/developer';
import { MeInput } from '@gatehouse/contract/session';
import { developerView } from '../developer/developer.view.ts';
import { query } from '../kernel/query.ts';
import { findSelf, inPerson } from '../session/in-person.ts';

export const getMe = query({
  name: 'me.get',
  access: 'session',
  summary: 'Get your own record',
  input: MeInput,
  output: Developer,
  run: async (scope) => developerView(await findSelf(scope.em, inPerson(scope))),
});
