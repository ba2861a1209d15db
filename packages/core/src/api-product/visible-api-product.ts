import type { VisibleApiProduct } from '@gatehouse/contract/api-product';
import { notFound } from '@gatehouse/contract/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { fragment, type Fragment } from '../list/list.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import { publishedIn } from '../portal/published.ts';
import { isId } from '../list/ids.ts';
import { bestStatus } from '../application/subscription-status.ts';
import { API_PRODUCT_COLUMNS, apiProductView, type ApiProductRow } from './api-product.view.ts';

export type VisibleApiProductRow = ApiProductRow & { subscriptionStatus: VisibleApiProduct['subscription_status'] };

/** The status for `p` of the requested application, or else the best of the developer's. A portal itself has none. */
export function statusFor({ developer }: PortalCaller, application: string | undefined): Fragment {
  if (application !== undefined)
    return bestStatus(fragment('s.api_product_id = p.id and s.application_id = ?', application));
  if (developer) return bestStatus(fragment('s.api_product_id = p.id and s.developer_uid = ?', developer.uid));
  return fragment(`'unsubscribed'`);
}

export const visibleColumns = (status: Fragment): Fragment =>
  fragment(`${API_PRODUCT_COLUMNS}, ${status.sql} as "subscriptionStatus"`, ...status.params);

export const visibleApiProductView = (row: VisibleApiProductRow): VisibleApiProduct => ({
  ...apiProductView(row),
  subscription_status: row.subscriptionStatus,
});

/** Finds a published API product in the caller's portal. Throws `not_found` for every other one. */
export async function findVisibleApiProduct(
  em: EntityManager,
  caller: PortalCaller,
  id: string,
): Promise<VisibleApiProductRow> {
  const columns = visibleColumns(statusFor(caller, undefined));
  const where = [fragment('p.id = ?', id), ...publishedIn(caller)];
  const [row] = isId(id)
    ? await em.execute<VisibleApiProductRow[]>(
        `select p.id, ${columns.sql} from api_product p where ${where.map(({ sql }) => sql).join(' and ')}`,
        [...columns.params, ...where.flatMap(({ params }) => params)],
      )
    : [];
  if (!row) throw notFound('API product');
  return row;
}
