import type { ListSubscriptionsInput, Subscription } from '@gatehouse/contract/subscription';
import type { z } from 'zod';
import { fragment, isOneOf, listPage, matches, type Fragment } from '../list.ts';
import type { QueryScope } from '../query.ts';
import {
  SUBSCRIPTION_COLUMNS,
  SUBSCRIPTION_FROM,
  subscriptionView,
  type SubscriptionRow,
} from './subscription.view.ts';

type Input = Omit<z.output<typeof ListSubscriptionsInput>, 'portal_id' | 'api_product_id' | 'application_id'>;

/** A list of subscriptions: of those within `where`, what the caller asked for. */
export const subscriptionPage = (scope: QueryScope, input: Input, where: Fragment[]) =>
  listPage<SubscriptionRow & { sort: string | null }, Subscription>(scope, input, {
    select: SUBSCRIPTION_COLUMNS,
    from: SUBSCRIPTION_FROM,
    id: 's.id',
    where: [...where, ...(input.status ? [isOneOf('s.status', input.status)] : []), ...matchesItsParts(input.search)],
    order: {
      subscribed_at: { column: 's.subscribed_at', type: 'timestamptz', nullable: true },
      developer_name: { column: 'd.name', type: 'text' },
    },
    defaultOrder: 'subscribed_at',
    present: subscriptionView,
  });

/** Whose texts are searched: each by its own index, which a condition over all of them joined could not use. */
const PARTS = [
  's.application_id in (select id from application where §)',
  's.api_product_id in (select id from api_product where §)',
  's.developer_uid in (select id from developer where left_at is null and §)',
];

function matchesItsParts(search: string | undefined): Fragment[] {
  const found = matches('search_text', search);
  if (found.length === 0) return [];
  const sql = found.map((each) => each.sql).join(' and ');
  const params = found.flatMap((each) => each.params);
  return [fragment(`(${PARTS.map((part) => part.replace('§', sql)).join(' or ')})`, ...PARTS.flatMap(() => params))];
}
