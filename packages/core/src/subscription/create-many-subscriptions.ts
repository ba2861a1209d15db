import { CreatedSubscriptions, CreateSubscriptionsInput } from '@gatehouse/contract/subscription';
import { changed, command } from '../kernel/command.ts';
import type { RequestedId } from './lock-pairs.ts';
import { subscribe } from './subscribe.ts';

export const createManySubscriptions = command({
  name: 'subscriptions.createMany',
  access: 'subscriptions:write',
  summary: 'Subscribe each of these applications to each of these API products: all or none',
  input: CreateSubscriptionsInput,
  output: CreatedSubscriptions,
  async run(scope, { portal_id, applications, api_products }) {
    const list = await subscribe(scope, {
      portal_id,
      applications: named('applications', applications),
      apiProducts: named('api_products', api_products),
    });
    return changed({ list, total: list.length });
  },
});

const named = <Id extends string>(field: string, ids: Id[]): RequestedId<Id>[] =>
  ids.map((id, n) => ({ id, field: `${field}/${n}` }));
