import type { ListSubscriptionsInput, Subscription } from '@gatehouse/contract/subscription';
import type { z } from 'zod';
import { isOneOf, listPage, matchesAny, type Fragment } from '../list.ts';
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
    where: [
      ...where,
      ...(input.status ? [isOneOf('s.status', input.status)] : []),
      ...matchesAny(['a.search_text', 'p.search_text', 'd.search_text'], input.search),
    ],
    order: {
      subscribed_at: { column: 's.subscribed_at', type: 'timestamptz', nullable: true },
      developer_name: { column: 'd.name', type: 'text' },
    },
    defaultOrder: 'subscribed_at',
    present: subscriptionView,
  });
