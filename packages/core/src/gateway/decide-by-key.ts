import { hasValidChecksum } from '@gatehouse/contract/key-format';
import { sha256 } from '../crypto/secret.ts';
import { decideForHolder, type GatewayDecision } from './gateway-decision.ts';
import type { GatewayProduct } from './find-gateway-product.ts';
import type { KeyHolders } from './key-holders.ts';

type Context = { holders: KeyHolders; now: Date };

/** May the holder of this key use this product? One index probe, or none if the text cannot be a key. */
export async function decideByKey(
  { holders, now }: Context,
  product: GatewayProduct,
  key: string,
): Promise<GatewayDecision> {
  if (!hasValidChecksum(key)) return { kind: 'malformed' };
  const holder = await holders.find(product, sha256(key));
  return holder ? decideForHolder(holder, product, now) : { kind: 'unknown', forGood: true };
}
