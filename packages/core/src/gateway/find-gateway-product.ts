import type { PortalId } from '@gatehouse/contract/ids';
import type { ApiProductAuth } from '@gatehouse/contract/api-product';
import type { GatewayDatabase } from './gateway-database.ts';

/** What the gateway's question needs to know of an API product. */
export type GatewayProduct = { id: string; portalId: PortalId; auth: ApiProductAuth };

/** Whether it is published does not matter here: that decides who may subscribe, not whose traffic flows. */
const FIND = `select id, portal_id as "portalId", auth from api_product where id = $1 and type = 'gateway'`;

/** Null for an id that is unknown, or of a product that no gateway of ours stands before. */
export async function findGatewayProduct(database: GatewayDatabase, id: string): Promise<GatewayProduct | null> {
  const [row] = await database.query<GatewayProduct>({ name: 'gateway_product', text: FIND, values: [id] });
  return row ?? null;
}
