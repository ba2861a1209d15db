import type { GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import { LRUCache } from 'lru-cache';
import type { Revocations } from './revocations.ts';

const PRODUCTS = 10_000;
/** Milliseconds. A change of a product ends what is remembered of it; this is the net below. */
const AGE = 60_000;
/** A product that is not there may be made at any time. */
const ABSENCE_AGE = 500;

/** `until`: by `performance.now`, which nobody sets back. */
type Remembered = { product: GatewayProduct | null; stamp: number; until: number };

/** What this process knows of the products that gateways ask about. */
export class Products {
  readonly #revocations: Revocations;
  readonly #known = new LRUCache<string, Remembered>({ max: PRODUCTS });

  constructor(revocations: Revocations) {
    this.#revocations = revocations;
  }

  /** Null for one that is not there, undefined where that is not known. */
  recall(id: string): GatewayProduct | null | undefined {
    const known = this.#known.get(id);
    return known && performance.now() < known.until && this.#revocations.holds(known.stamp, [id])
      ? known.product
      : undefined;
  }

  /** `stamp` and `begun` (by `performance.now`) as they were when it began to be looked up. */
  remember(id: string, { product, stamp, begun }: Omit<Remembered, 'until'> & { begun: number }): void {
    this.#known.set(id, { product, stamp, until: begun + (product ? AGE : ABSENCE_AGE) });
  }
}
