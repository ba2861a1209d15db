import { rowId } from '@gatehouse/contract/ids';
import { ApiProduct } from '@gatehouse/contract/api-product';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { GatewayDatabase } from './gateway-database.ts';

/** The status does not matter: it decides who may subscribe, not whose traffic passes. */
const gatewayProduct = statement({
  name: 'gateway.product',
  text: `select id, portal_id as "portalId", auth from api_product where id = ? and type = 'gateway'`,
  params: ['uuid'],
  row: z.object({ id: rowId.apiProduct, portalId: rowId.portal, auth: ApiProduct.shape.auth }),
});

/** The fields of an API product that a gateway decision needs. */
export type GatewayProduct = z.output<typeof gatewayProduct.row>;

/** Null for an unknown id, and for a product that no gateway serves. */
export async function findGatewayProduct(database: GatewayDatabase, id: string): Promise<GatewayProduct | null> {
  const [row] = await database.query(gatewayProduct, [id]);
  return row ?? null;
}
