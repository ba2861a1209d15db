import type { PortalId } from '@gatehouse/contract/ids';
import type { ApiProductAuth } from '@gatehouse/contract/api-product';
import type { GatewayDatabase } from './gateway-database.ts';

/** The fields of an API product that a gateway decision needs. */
export type GatewayProduct = { id: string; portalId: PortalId; auth: ApiProductAuth };

/** The status does not matter: it decides who may subscribe, not whose traffic passes. */
const FIND = `select id, portal_id as "portalId", auth from api_product where id = $1 and type = 'gateway'`;

/** Null for an unknown id, and for a product that no gateway serves. */
export async function findGatewayProduct(database: GatewayDatabase, id: string): Promise<GatewayProduct | null> {
  const [row] = await database.query<GatewayProduct>({ name: 'gateway_product', text: FIND, values: [id] });
  return row ?? null;
}
