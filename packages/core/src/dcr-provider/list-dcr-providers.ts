import { DcrProviderPage, ListDcrProvidersInput } from '@gatehouse/contract/portal-side';
import { enterPortal } from '../portal/enter-portal.ts';
import { query } from '../kernel/query.ts';

export const listDcrProviders = query({
  name: 'dcrProviders.list',
  access: 'credentials:read',
  summary: 'List the providers for dynamic client registration; empty, because none are supported',
  input: ListDcrProvidersInput,
  output: DcrProviderPage,
  async run(scope, input) {
    await enterPortal(scope, input);
    return { list: [], total: 0 };
  },
});
