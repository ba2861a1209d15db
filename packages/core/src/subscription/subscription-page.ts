import type { PortalId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import type { ListSubscriptionsInput } from '@gatehouse/contract/subscription';
import { areUnset, counted } from '../list/counted.ts';
import { fragment, isOneOf, listPage, listRow, matchesAny, type Fragment } from '../list/list.ts';
import type { QueryScope } from '../kernel/query.ts';
import {
  SUBSCRIPTION_ROW,
  SUBSCRIPTION_COLUMNS,
  SUBSCRIPTION_FROM,
  type SubscriptionRow,
} from './subscription.view.ts';

type Input = Omit<z.output<typeof ListSubscriptionsInput>, 'portal_id' | 'api_product_id' | 'application_id'>;

type Page<View> = {
  portalId: PortalId;
  where: Fragment[];
  /** The same condition on counters, or undefined if they do not know the total. */
  counters: Fragment | undefined;
  present(row: SubscriptionRow): View;
};

/** A page of the subscriptions within `where`, with the filters of the input. */
export const subscriptionPage = <View>(
  scope: QueryScope,
  input: Input,
  { portalId, where, counters, present }: Page<View>,
) => {
  const status = input.status ? [isOneOf('s.status', input.status)] : [];
  return listPage(scope, input, {
    row: z.object({ ...SUBSCRIPTION_ROW, ...listRow }),
    select: SUBSCRIPTION_COLUMNS,
    from: SUBSCRIPTION_FROM,
    id: 's.id',
    where: [...where, ...status, ...matchesItsParts(input.search)],
    exactTotal: counters && areUnset(input.search) ? countedIn(portalId, [counters, ...status]) : undefined,
    order: {
      subscribed_at: { column: 's.subscribed_at', type: 'timestamptz', nullable: true },
      developer_name: { column: 'd.name', type: 'text' },
    },
    defaultOrder: 'subscribed_at',
    present,
  });
};

function countedIn(portalId: PortalId, where: Fragment[]): Fragment {
  const hidden = {
    join: 'subscription s on s.developer_uid = d.id',
    where: [fragment('d.portal_id = ?', portalId), ...where],
  };
  return counted({ table: 'subscription', as: 's', where, hidden });
}

/** Searches each joined record by its own index. One condition over all of them could use none. */
const PARTS = [
  { where: 's.application_id in (select id from application where §)', columns: ['search_text', 'label_text(labels)'] },
  { where: 's.api_product_id in (select id from api_product where §)', columns: ['search_text'] },
  { where: 's.developer_uid in (select id from developer where left_at is null and §)', columns: ['search_text'] },
];

function matchesItsParts(search: string | undefined): Fragment[] {
  if (search === undefined) return [];
  const parts = PARTS.flatMap(({ where, columns }) =>
    matchesAny(columns, search).map(({ sql, params }) => fragment(where.replace('§', sql), ...params)),
  );
  return [fragment(`(${parts.map(({ sql }) => sql).join(' or ')})`, ...parts.flatMap(({ params }) => params))];
}
