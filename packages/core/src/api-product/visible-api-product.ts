import { z } from 'zod';
import { rowsOf, sure } from '@gatehouse/db/statement';
import { VisibleApiProduct } from '@gatehouse/contract/api-product';
import { notFound } from '@gatehouse/contract/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { allOf, fragment, type Fragment } from '../list/fragment.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import { publishedIn } from '../portal/published.ts';
import { isId } from '../list/ids.ts';
import { bestStatus } from '../application/subscription-status.ts';
import { API_PRODUCT_COLUMNS, API_PRODUCT_ROW, apiProductView } from './api-product.view.ts';

export const VISIBLE_API_PRODUCT_ROW = {
  ...API_PRODUCT_ROW,
  subscriptionStatus: sure(VisibleApiProduct.shape.subscription_status, 'unsubscribed where there is none'),
};
type VisibleApiProductRow = z.output<z.ZodObject<typeof VISIBLE_API_PRODUCT_ROW>>;

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
    ? await rowsOf(em, {
        row: z.object({ ...VISIBLE_API_PRODUCT_ROW }),
        sql: `select p.id, ${columns.sql} from api_product p where ${allOf(where)}`,
        params: [...columns.params, ...where.flatMap(({ params }) => params)],
      })
    : [];
  if (!row) throw notFound('API product');
  return row;
}
