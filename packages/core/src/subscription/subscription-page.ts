import type { PortalId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { SUBSCRIPTION_STATUSES, type ListSubscriptionsInput } from '@gatehouse/contract/subscription';
import { areUnset, counted } from '../list/counted.ts';
import { equalsConstant, every, fragment, type Fragment } from '../list/fragment.ts';
import type { ExactTotal } from '../list/source.ts';
import type { JoinedSearch } from '../list/source.ts';
import { listPage, listRow } from '../list/list.ts';
import { matchesAny } from '../list/search.ts';
import { isOfStaying } from '../portal/is-of-staying.ts';
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
  /** Filters that begin indexes with the order. */
  where: Fragment[];
  filters: Fragment[];
  /** The same conditions on counters, or undefined if they do not know the total. */
  counters: Fragment | undefined;
  present(row: SubscriptionRow): View;
};

/** A page of the subscriptions within `where` and `filters`, with the filters of the input. */
export const subscriptionPage = <View>(
  scope: QueryScope,
  input: Input,
  { portalId, where, filters, counters, present }: Page<View>,
) => {
  const status = withStatus(input.status);
  return listPage(scope, input, {
    row: z.object({ ...SUBSCRIPTION_ROW, ...listRow }),
    select: SUBSCRIPTION_COLUMNS,
    from: 'subscription s',
    rows: SUBSCRIPTION_FROM,
    id: 's.id',
    where: [...where, ...status, isOfStaying('s')],
    filters,
    joinedSearch: joinedSearch(input.search),
    exactTotal: counters && areUnset(input.search) ? countedIn(portalId, [counters, ...status]) : undefined,
    order: {
      subscribed_at: { column: 's.subscribed_at', type: 'timestamptz', nullable: true },
      developer_name: {
        column: 'd.name',
        type: 'text',
        join: 'join developer d on d.id = s.developer_uid and d.portal_id = s.portal_id and d.left_at is null',
      },
    },
    defaultOrder: 'subscribed_at',
    present,
  });
};

/** Indexes begin with one status. All that are stored are no filter. */
function withStatus(statuses: Input['status']): Fragment[] {
  if (statuses === undefined) return [];
  const [first, ...others] = SUBSCRIPTION_STATUSES.filter((status) => statuses.includes(status));
  if (first === undefined) return [fragment('false')];
  return others.length === 0 ? equalsConstant('s.status', first) : [];
}

function countedIn(portalId: PortalId, where: Fragment[]): ExactTotal {
  const hidden = {
    join: 'subscription s on s.developer_uid = d.id',
    where: [fragment('d.portal_id = ?', portalId), ...where],
  };
  return counted({ table: 'subscription', as: 's', where, hidden });
}

const joinedSearch = (search: string | undefined): JoinedSearch[] =>
  search === undefined || search.trim() === ''
    ? []
    : [
        { table: 'api_product x', on: 'x.id = s.api_product_id', labels: {} },
        { table: 'developer x', on: 'x.id = s.developer_uid and x.left_at is null', labels: {} },
        { table: 'application x', on: 'x.id = s.application_id', labels: { labels: 'x.labels' } },
      ].map(({ table, on, labels }) => ({
        table,
        on,
        matches: every(matchesAny({ text: 'x.search_text', ...labels }, search)),
      }));
