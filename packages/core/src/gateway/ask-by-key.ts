import { hasValidChecksum } from '@gatehouse/contract/key-format';
import { sha256 } from '../secret.ts';
import { answerFor, HOLDER_COLUMNS, HOLDER_FROM, type Answer, type Holder } from './answer.ts';
import type { GatewayProduct } from './find-gateway-product.ts';
import type { GatewayDatabase } from './gateway-database.ts';

type Context = { database: GatewayDatabase; now: Date };

export const FIND_BY_KEY = `select ${HOLDER_COLUMNS} from credential_key secret ${HOLDER_FROM}
  where secret.hash = $1 and d.portal_id = $3`;

/** May the holder of this key use this product? One probe; none for what cannot be a key of ours. */
export async function askByKey({ database, now }: Context, product: GatewayProduct, key: string): Promise<Answer> {
  if (!hasValidChecksum(key)) return { kind: 'malformed' };
  const [holder] = await database.query<Holder>({
    name: 'gateway_key',
    text: FIND_BY_KEY,
    values: [sha256(key), product.id, product.portalId],
  });
  return holder ? answerFor(holder, product, now) : { kind: 'unknown', forGood: true };
}
