import type { GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import { LRUCache } from 'lru-cache';
import type { Revocations } from './revocations.ts';

const PRODUCTS = 10_000;
/** Milliseconds. A change of a product ends its entry; this is the upper bound. */
const AGE = 60_000;
/** A missing product can be created at any time, also by another process. */
const ABSENCE_AGE = 500;

/** `until`: by `performance.now`, which is never set back. */
type Remembered = { product: GatewayProduct | null; stamp: number; until: number };

/** The API products that gateways asked this process about lately. */
export class Products {
  readonly #revocations: Revocations;
  readonly #known = new LRUCache<string, Remembered>({ max: PRODUCTS });

  constructor(revocations: Revocations) {
    this.#revocations = revocations;
  }

  /** Null for a product known to be missing, undefined where this process has to ask the database. */
  recall(id: string): GatewayProduct | null | undefined {
    const known = this.#known.get(id);
    if (!known || performance.now() >= known.until) return undefined;
    const holds = known.product
      ? this.#revocations.holds(known.stamp, [id])
      : this.#revocations.holdsRefusal(known.stamp);
    return holds ? known.product : undefined;
  }

  /** `stamp` and `begun` (by `performance.now`) as they were when it began to be looked up. */
  remember(id: string, { product, stamp, begun }: Omit<Remembered, 'until'> & { begun: number }): void {
    this.#known.set(id, { product, stamp, until: begun + (product ? AGE : ABSENCE_AGE) });
  }
}
