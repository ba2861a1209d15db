import { ApiCalls, ListApiCallsInput } from '@gatehouse/contract/application';
import { enterPortal } from '../portal/enter-portal.ts';
import { query } from '../kernel/query.ts';

export const listApiCalls = query({
  name: 'applications.listApiCalls',
  access: 'applications:read',
  summary: 'List the API calls of applications; empty, because calls are not counted yet',
  input: ListApiCallsInput,
  output: ApiCalls,
  async run(scope, input) {
    await enterPortal(scope, input);
    return { list: [], total: 0 };
  },
});
