import { DcrProviderPage, ListDcrProvidersInput } from '@gatehouse/contract/portal-side';
import { enterPortal } from '../portal/enter-portal.ts';
import { query } from '../query.ts';

export const listDcrProviders = query({
  name: 'dcrProviders.list',
  access: 'credentials:read',
  summary: 'List the providers at which OAuth clients can be registered: there are none',
  input: ListDcrProvidersInput,
  output: DcrProviderPage,
  async run(scope, input) {
    await enterPortal(scope, input);
    return { list: [], total: 0 };
  },
});
