import { GatehouseError } from '@gatehouse/contract/errors';
import { HOLDER_COLUMNS, HOLDER_FROM, HOLDER_ROW, type Holder } from './gateway-decision.ts';
import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { GatewayProduct } from './find-gateway-product.ts';
import type { GatewayDatabase } from './gateway-database.ts';

/**
 * The hashes are one text, for which PostgreSQL always estimates the same number. It therefore keeps one plan, while for
 * an array it would plan each time, which takes longer than the look-up. `offset` forces one index probe per hash.
 */
const keyHolders = statement({
  name: 'gateway.key_holders',
  text: `select asked.hash, holder.* from string_to_table($1, ' ') asked(hash) cross join lateral
  (select ${HOLDER_COLUMNS} from credential_key secret ${HOLDER_FROM}
    where secret.hash = asked.hash and d.portal_id = $3 offset 0) holder`,
  params: ['text', 'uuid', 'uuid'],
  row: z.object({ ...HOLDER_ROW, hash: sure(z.string(), 'string_to_table returns no nulls for this separator') }),
});

/** The most concurrent statements. One of the four connections stays free for products and logins. */
const AT_ONCE = 3;
/** The most keys that wait. Further ones are refused while refusing is cheap. */
const WAITING = 2000;

type PendingKey = { hash: string; resolve(holder: Holder | undefined): void; reject(error: unknown): void };
type Batch = { product: GatewayProduct; asked: PendingKey[] };

/**
 * Finds the holder of a key. While the most statements are running, keys of the same product are collected into one next
 * statement. Under load, each key therefore costs less, and a single key never waits.
 */
export class KeyHolders {
  readonly #database: GatewayDatabase;
  /** The waiting keys by product, in the order of arrival. */
  readonly #waiting = new Map<string, Batch>();
  #waitingKeys = 0;
  #underWay = 0;

  constructor(database: GatewayDatabase) {
    this.#database = database;
  }

  /** Undefined for an unknown key. Throws `overloaded` if too many keys wait. */
  find(product: GatewayProduct, hash: string): Promise<Holder | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waitingKeys >= WAITING)
        throw new GatehouseError('overloaded', 'Too many keys are being checked. Retry shortly.');
      const batch = this.#waiting.get(product.id) ?? { product, asked: [] };
      batch.asked.push({ hash, resolve, reject });
      this.#waiting.set(product.id, batch);
      this.#waitingKeys += 1;
      this.#askNext();
    });
  }

  #askNext(): void {
    const [batch] = this.#waiting.values();
    if (!batch || this.#underWay >= AT_ONCE) return;
    this.#waiting.delete(batch.product.id);
    this.#waitingKeys -= batch.asked.length;
    this.#underWay += 1;
    void this.#answer(batch).then(() => {
      this.#underWay -= 1;
      this.#askNext();
    });
  }

  async #answer({ product, asked }: Batch): Promise<void> {
    const hashes = asked.map(({ hash }) => hash).join(' ');
    try {
      const rows = await this.#database.query(keyHolders, [hashes, product.id, product.portalId]);
      const holders = new Map(rows.map((row) => [row.hash, row]));
      for (const { hash, resolve } of asked) resolve(holders.get(hash));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
