import type { ApiProductId, PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../kernel/command.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';
import type { QueryScope } from '../kernel/query.ts';

type Ref = { portal_id: PortalId; api_product_id: ApiProductId };
type Finder = Pick<QueryScope, 'em' | 'actor' | 'authorize'>;

/** Finds an API product that the actor may manage. Throws `not_found` for every other one. */
export const authorizedApiProduct = (scope: Finder, ref: Ref): Promise<ApiProduct> => find(scope, ref, {});

/** Like `authorizedApiProduct`, and locks the product until the transaction ends. */
export const lockApiProduct = (scope: Scope, ref: Ref): Promise<ApiProduct> =>
  find(scope, ref, { lockMode: LockMode.PESSIMISTIC_WRITE });

async function find(
  { em, actor, authorize }: Finder,
  { portal_id, api_product_id }: Ref,
  options: { lockMode?: LockMode },
): Promise<ApiProduct> {
  authorize(manageIn(actor, portal_id, 'API product'));
  const product =
    isId(portal_id) && isId(api_product_id)
      ? await em.findOne(ApiProduct, { id: api_product_id, portal: portal_id }, options)
      : null;
  if (!product) throw notFound('API product');
  return product;
}
