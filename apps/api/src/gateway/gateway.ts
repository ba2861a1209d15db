import type { RequestListener } from 'node:http';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { Answer } from '@gatehouse/core/gateway/answer';
import { askByKey } from '@gatehouse/core/gateway/ask-by-key';
import { askByLogin } from '@gatehouse/core/gateway/ask-by-login';
import { findGatewayProduct, type GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { GatewayDatabase } from '@gatehouse/core/gateway/gateway-database';
import { createAnswering, type AnsweringDeps, type Asked, type Told } from './answering.ts';
import { Memory, type MemoryKey } from './memory.ts';
import { Products } from './products.ts';
import { readPlace, readShown, type Shown } from './question.ts';
import type { Revocations } from './revocations.ts';

type GatewayDeps = AnsweringDeps & {
  database: GatewayDatabase;
  revocations: Revocations;
  /** Whether memory may answer: all that was revoked up to a second ago is known. */
  isCurrent: () => boolean;
  /** A credential was let through. */
  onUsed: (credentialId: string) => void;
  clock: () => Date;
};

/** Milliseconds that a look at the database may take: what it then says could be older than is promised. */
const FRESH_FOR = 1000;

/** `now`: milliseconds since 1970, by which memory is read. */
type Question = Asked & { query: string; now: number };

/** Answers `/gateway/verify/{api_product_id}`: may whoever sent this request use that product? */
export function createGateway({
  database,
  revocations,
  isCurrent,
  onUsed,
  clock,
  ...deps
}: GatewayDeps): RequestListener {
  const memory = new Memory(revocations);
  const products = new Products(revocations);
  const { tell, fail } = createAnswering(deps);
  const asking = new Map<MemoryKey, { stamp: number; answer: Promise<Answer> }>();

  async function findProduct(id: string): Promise<GatewayProduct | null> {
    const known = { stamp: revocations.stamp, now: clock().getTime() };
    const product = await inTime(findGatewayProduct(database, id));
    products.remember(id, { product, ...known });
    return product;
  }

  /** Who asks the same at the same time is told the same, unless something was revoked since the first asked. */
  async function ask(product: GatewayProduct, shown: Exclude<Shown, { kind: 'nothing' }>, key: MemoryKey) {
    const stamp = revocations.stamp;
    const same = asking.get(key);
    if (same?.stamp === stamp) return same.answer;
    const now = clock();
    const context = { database, now };
    const answer = inTime(
      shown.kind === 'key' ? askByKey(context, product, shown.key) : askByLogin(context, product, shown),
    );
    const mine = { stamp, answer };
    asking.set(key, mine);
    try {
      memory.remember(key, await answer, { stamp, now: now.getTime() });
      return await answer;
    } finally {
      if (asking.get(key) === mine) asking.delete(key);
    }
  }

  /** The time by which memory may answer; while it must not, one at which everything in it is too old. */
  const timeOfMemory = (): number => (isCurrent() ? clock().getTime() : Infinity);

  /** A promise only where the database has to be asked. */
  function answer(product: GatewayProduct, { req, query, now }: Question): Told | Promise<Told> {
    const shown = readShown(req.headers, query, product.auth);
    if (shown.kind === 'nothing') return shown;
    const key = memory.keyOf(product.id, shown);
    return memory.recall(key, now) ?? ask(product, shown, key);
  }

  function tellOf(question: Question, product: GatewayProduct, told: Told): void {
    tell(question, product, told);
    if (told.kind === 'pass') onUsed(told.pass.credentialId);
  }

  function answerOf(question: Question, product: GatewayProduct | null): void {
    if (!product) throw notFound('API product');
    const told = answer(product, question);
    if (!(told instanceof Promise)) return tellOf(question, product, told);
    told.then((late) => tellOf(question, product, late)).catch((error: unknown) => fail(question, error));
  }

  return (req, res) => {
    const asked = { req, res, begun: performance.now() };
    try {
      const { apiProductId, query } = readPlace(req.url ?? '/');
      const question = { ...asked, query, now: timeOfMemory() };
      const known = products.recall(apiProductId, question.now);
      if (known !== undefined) return answerOf(question, known);
      findProduct(apiProductId)
        .then((found) => answerOf({ ...question, now: timeOfMemory() }, found))
        .catch((error: unknown) => fail(asked, error));
    } catch (error) {
      fail(asked, error);
    }
  };
}

async function inTime<T>(look: Promise<T>): Promise<T> {
  const begun = performance.now();
  const found = await look;
  if (performance.now() - begun <= FRESH_FOR) return found;
  throw new GatehouseError('overloaded', 'The database is too slow to answer truthfully just now.');
}
