import { GatehouseError } from '@gatehouse/contract/errors';
import { HOLDER_COLUMNS, HOLDER_FROM, type Holder } from './gateway-decision.ts';
import type { GatewayProduct } from './find-gateway-product.ts';
import type { GatewayDatabase } from './gateway-database.ts';

/**
 * The hashes come as one text, of which PostgreSQL estimates the same whatever it holds: so it keeps to one plan, where
 * for an array it would plan anew for just so many, which takes longer than to look them up. The `offset` keeps the plan
 * to what is right for any number: one probe after the other.
 */
const FIND = `select asked.hash, holder.* from string_to_table($1, ' ') asked(hash) cross join lateral
  (select ${HOLDER_COLUMNS} from credential_key secret ${HOLDER_FROM}
    where secret.hash = asked.hash and d.portal_id = $3 offset 0) holder`;

/** Statements at once: of the four connections one is left for products and logins. */
const AT_ONCE = 3;
/** Keys that may wait: beyond, they are refused while that is cheap. */
const WAITING = 2000;

type PendingKey = { hash: string; resolve(holder: Holder | undefined): void; reject(error: unknown): void };
type Batch = { product: GatewayProduct; asked: PendingKey[] };

/**
 * Finds who holds a key. One that is asked for while enough statements are under way goes into the next together with
 * all others of its product: the more is asked, the less each costs, and alone none has to wait.
 */
export class KeyHolders {
  readonly #database: GatewayDatabase;
  /** By product, in the order in which they are to be asked. */
  readonly #waiting = new Map<string, Batch>();
  #waitingKeys = 0;
  #underWay = 0;

  constructor(database: GatewayDatabase) {
    this.#database = database;
  }

  /** Undefined for nobody. Rejects with `overloaded` where too many wait. */
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
    const values = [asked.map(({ hash }) => hash).join(' '), product.id, product.portalId];
    try {
      const rows = await this.#database.query<Holder & { hash: string }>({ name: 'gateway_keys', text: FIND, values });
      const holders = new Map(rows.map((row) => [row.hash, row]));
      for (const { hash, resolve } of asked) resolve(holders.get(hash));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
