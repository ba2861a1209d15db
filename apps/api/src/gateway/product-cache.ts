import { findGatewayProduct, type GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { GatewayDatabase } from '@gatehouse/core/gateway/gateway-database';
import { LRUCache } from 'lru-cache';
import { whileFresh, type LookupStart } from '../revocation/lookup.ts';
import type { Revocations } from '../revocation/revocations.ts';

const PRODUCTS = 10_000;
/** The most milliseconds of an entry. A change of the product ends it earlier. */
const AGE = 60_000;
/** Short, because another process can create a missing product at any time. */
const ABSENCE_AGE = 500;

type Deps = { database: GatewayDatabase; revocations: Revocations };
type Entry = { product: GatewayProduct | null; stamp: number; until: number };

/** The API products of recent gateway requests. */
export class ProductCache {
  readonly #deps: Deps;
  readonly #entries = new LRUCache<string, Entry>({ max: PRODUCTS });

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Null for a product known to be missing, undefined if `find` has to ask the database. */
  recall(id: string): GatewayProduct | null | undefined {
    const { revocations } = this.#deps;
    const entry = this.#entries.get(id);
    if (!entry || performance.now() >= entry.until) return undefined;
    const holds = entry.product ? revocations.holds(entry.stamp, [id]) : revocations.holdsRefusal(entry.stamp);
    return holds ? entry.product : undefined;
  }

  async find(id: string): Promise<GatewayProduct | null> {
    const { database, revocations } = this.#deps;
    const { stamp, begun }: LookupStart = { stamp: revocations.stamp, begun: performance.now() };
    const product = await whileFresh(findGatewayProduct(database, id));
    this.#entries.set(id, { product, stamp, until: begun + (product ? AGE : ABSENCE_AGE) });
    return product;
  }
}
