import type { RequestListener } from 'node:http';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { Answer } from '@gatehouse/core/gateway/answer';
import { askByKey } from '@gatehouse/core/gateway/ask-by-key';
import { askByLogin, proveLogin, type Proof } from '@gatehouse/core/gateway/ask-by-login';
import { findGatewayProduct, type GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { GatewayDatabase } from '@gatehouse/core/gateway/gateway-database';
import type { Trust } from '../http/trusted-proxies.ts';
import { KeyHolders } from '@gatehouse/core/gateway/key-holders';
import { clientPlace } from './client-place.ts';
import type { LoginFailures } from './login-failures.ts';
import { createAnswering, type AnsweringDeps, type Asked, type Told } from './answering.ts';
import { Memory, type MemoryKey } from './memory.ts';
import { Products } from './products.ts';
import { readPlace, readShown, type Shown } from './question.ts';
import type { Revocations } from './revocations.ts';

type GatewayDeps = AnsweringDeps & {
  database: GatewayDatabase;
  revocations: Revocations;
  /** Whether memory may answer: this process knows every revocation that is older than a second. */
  isCurrent: () => boolean;
  /** A credential was let through. */
  onUsed: (credentialId: string) => void;
  /** Limits guessing at logins; null without rate limits. */
  failures: LoginFailures | null;
  trust: Trust;
  clock: () => Date;
};

/** Milliseconds for a look-up in the database. A later answer could be older than the promised second. */
const FRESH_FOR = 1000;

/** Looks at the database for one answer; each is overtaken by a revocation at most. */
const ATTEMPTS = 5;

type Question = Asked & { query: string };
type Credential = Exclude<Shown, { kind: 'nothing' }>;

/** Answers `/gateway/verify/{api_product_id}`: may the sender of this request use that product? */
export function createGateway({
  database,
  revocations,
  isCurrent,
  onUsed,
  failures,
  trust,
  clock,
  ...deps
}: GatewayDeps): RequestListener {
  const memory = new Memory(revocations);
  const products = new Products(revocations);
  const holders = new KeyHolders(database);
  const { tell, fail } = createAnswering(deps);
  const asking = new Map<MemoryKey, { stamp: number; answer: Promise<Answer> }>();

  async function findProduct(id: string): Promise<GatewayProduct | null> {
    const looked = { stamp: revocations.stamp, begun: performance.now() };
    const product = await inTime(findGatewayProduct(database, id));
    products.remember(id, { product, ...looked });
    return product;
  }

  /** Simultaneous questions share one look-up, unless this process learned of a change since it began. */
  async function ask(product: GatewayProduct, shown: Credential, key: MemoryKey): Promise<Answer> {
    const same = asking.get(key);
    if (same?.stamp === revocations.stamp) return same.answer;
    const mine = { stamp: revocations.stamp, answer: lookUp(product, shown, key) };
    asking.set(key, mine);
    try {
      return await mine.answer;
    } finally {
      if (asking.get(key) === mine) asking.delete(key);
    }
  }

  /** Looks again if a revocation came in during the look-up: this process may have confirmed it already. */
  async function lookUp(product: GatewayProduct, shown: Credential, key: MemoryKey): Promise<Answer> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const proof = shown.kind === 'login' ? await proofOf(product, shown, key) : null;
      const looked = { stamp: revocations.stamp, begun: performance.now() };
      const answer = await inTime(look(product, shown, proof));
      const isOvertaken = answer.kind === 'pass' && !revocations.holds(looked.stamp, answer.pass.targets);
      const isOutOfDate = answer.kind === 'unknown' && proof !== null;
      if (isOutOfDate) memory.forgetProof(key);
      if (isOvertaken || isOutOfDate) continue;
      memory.remember(key, answer, looked);
      return answer;
    }
    throw new GatehouseError('overloaded', 'The record is being updated. Retry shortly.');
  }

  function look(product: GatewayProduct, shown: Credential, proof: Proof | null): Promise<Answer> {
    const now = clock();
    if (shown.kind === 'key') return askByKey({ holders, now }, product, shown.key);
    if (proof === null) return Promise.resolve({ kind: 'unknown', forGood: false });
    return askByLogin({ database, now }, product, { username: shown.username, proof });
  }

  async function proofOf(product: GatewayProduct, login: Extract<Credential, { kind: 'login' }>, key: MemoryKey) {
    const known = memory.proofOf(key);
    if (known !== undefined) return known;
    const proof = await proveLogin({ database, now: clock() }, product, login);
    if (proof !== null) memory.rememberProof(key, proof);
    return proof;
  }

  /** A promise only where the database has to be asked. */
  function answer(product: GatewayProduct, { req, query }: Question): Told | Promise<Told> {
    const shown = readShown(req.headers, query, product.auth);
    if (shown.kind === 'nothing') return shown;
    const key = memory.keyOf(product.id, shown);
    const remembered = isCurrent() ? memory.recall(key, clock().getTime()) : undefined;
    if (remembered) return remembered;
    const login =
      shown.kind === 'login'
        ? { portalId: product.portalId, username: shown.username, place: clientPlace(req, trust) }
        : null;
    // A password that this process has verified before needs no hash, and does not count as a guess.
    if (login && memory.proofOf(key) === undefined) failures?.assertRoom(login);
    return ask(product, shown, key).then((told) => {
      if (login && told.kind === 'unknown') failures?.note(login);
      return told;
    });
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
      const question = { ...asked, query };
      const known = isCurrent() ? products.recall(apiProductId) : undefined;
      if (known !== undefined) return answerOf(question, known);
      findProduct(apiProductId)
        .then((found) => answerOf(question, found))
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
  throw new GatehouseError('overloaded', 'The database is too slow to answer. Retry shortly.');
}
