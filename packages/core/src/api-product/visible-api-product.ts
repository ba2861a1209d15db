import type { VisibleApiProduct } from '@gatehouse/contract/api-product';
import { notFound } from '@gatehouse/contract/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { fragment, type Fragment } from '../list.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import { isId } from '../present.ts';
import { bestStatus } from '../subscription/subscription-status.ts';
import { API_PRODUCT_COLUMNS, apiProductView, type ApiProductRow } from './api-product.view.ts';

export type VisibleApiProductRow = ApiProductRow & { subscriptionStatus: VisibleApiProduct['subscription_status'] };

/**
 * Which API products `p` are there on the portal side: published ones, and on behalf of a developer those that it has
 * subscribed to or may see without. `logged_in` hides nothing here: no caller is without a token.
 */
export const visibleTo = ({ portalId, developer }: PortalCaller): Fragment[] => [
  fragment(`p.portal_id = ? and p.status = 'published'`, portalId),
  ...(developer
    ? [
        fragment(
          '(p.can_view_unsubscribed or exists (select 1 from subscription s where s.api_product_id = p.id and s.developer_uid = ?))',
          developer.uid,
        ),
      ]
    : []),
];

/** How the application asked about, else any of the developer's, stands to `p`. A portal by itself has subscribed to nothing. */
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

/** The API product as it is there for the caller; any other does not exist. */
export async function findVisibleApiProduct(
  em: EntityManager,
  caller: PortalCaller,
  id: string,
): Promise<VisibleApiProductRow> {
  const columns = visibleColumns(statusFor(caller, undefined));
  const where = [fragment('p.id = ?', id), ...visibleTo(caller)];
  const [row] = isId(id)
    ? await em.execute<VisibleApiProductRow[]>(
        `select p.id, ${columns.sql} from api_product p where ${where.map(({ sql }) => sql).join(' and ')}`,
        [...columns.params, ...where.flatMap(({ params }) => params)],
      )
    : [];
  if (!row) throw notFound('API product');
  return row;
}
