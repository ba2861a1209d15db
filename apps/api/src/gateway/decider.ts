import { GatehouseError } from '@gatehouse/contract/errors';
import { decideByKey } from '@gatehouse/core/gateway/decide-by-key';
import { decideByLogin, proveLogin, type Proof } from '@gatehouse/core/gateway/decide-by-login';
import type { GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { GatewayDatabase } from '@gatehouse/core/gateway/gateway-database';
import type { GatewayDecision } from '@gatehouse/core/gateway/gateway-decision';
import { KeyHolders } from '@gatehouse/core/gateway/key-holders';
import type { Credential } from './credential-extraction.ts';
import type { CacheKey, DecisionCache } from './decision-cache.ts';
import { whileFresh } from '../revocation/lookup.ts';
import type { Revocations } from '../revocation/revocations.ts';
import { SharedLookups } from '../revocation/shared-lookups.ts';

/** The most look-ups for one decision, each of which a revocation can overtake. */
const ATTEMPTS = 5;

export type DeciderDeps = {
  database: GatewayDatabase;
  revocations: Revocations;
  /** Whether the caches may answer: this process knows every revocation that is older than a second. */
  isCurrent: () => boolean;
  clock: () => Date;
};
type Question = { product: GatewayProduct; credential: Credential; key: CacheKey };

/** Decides from the database, and caches the decision. */
export class Decider {
  readonly #deps: DeciderDeps;
  readonly #cache: DecisionCache;
  readonly #holders: KeyHolders;
  readonly #lookups = new SharedLookups<GatewayDecision>();

  constructor(deps: DeciderDeps, cache: DecisionCache) {
    this.#deps = deps;
    this.#cache = cache;
    this.#holders = new KeyHolders(deps.database);
  }

  recall(key: CacheKey): GatewayDecision | undefined {
    const { isCurrent, clock } = this.#deps;
    return isCurrent() ? this.#cache.recall(key, clock().getTime()) : undefined;
  }

  decide(question: Question): Promise<GatewayDecision> {
    return this.#lookups.run(question.key, async () => this.recall(question.key) ?? this.#lookUp(question));
  }

  /** Looks again if a revocation came in during the look-up: this process may have confirmed it already. */
  async #lookUp({ product, credential, key }: Question): Promise<GatewayDecision> {
    const { revocations } = this.#deps;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const proof = credential.kind === 'login' ? await this.#proofOf(product, credential, key) : null;
      const start = { stamp: revocations.stamp, begun: performance.now() };
      const decision = await whileFresh(this.#ask(product, credential, proof));
      const next = nextStep(decision, { isProved: proof !== null, isRevoked: isRevoked(decision, revocations, start) });
      if (next === 'prove again') this.#cache.forgetProof(key);
      if (next !== 'remember') continue;
      this.#cache.remember(key, decision, start);
      return decision;
    }
    throw new GatehouseError('overloaded', 'The record is being updated. Retry shortly.');
  }

  #ask(product: GatewayProduct, credential: Credential, proof: Proof | null): Promise<GatewayDecision> {
    const { database, clock } = this.#deps;
    const now = clock();
    if (credential.kind === 'key') return decideByKey({ holders: this.#holders, now }, product, credential.key);
    if (proof === null) return Promise.resolve({ kind: 'unknown', forGood: false });
    return decideByLogin({ database, now }, product, { username: credential.username, proof });
  }

  async #proofOf(product: GatewayProduct, login: Extract<Credential, { kind: 'login' }>, key: CacheKey) {
    const known = this.#cache.proofOf(key);
    if (known !== undefined) return known;
    const { database, clock } = this.#deps;
    const proof = await proveLogin({ database, now: clock() }, product, login);
    if (proof !== null) this.#cache.rememberProof(key, proof);
    return proof;
  }
}

const isRevoked = (decision: GatewayDecision, revocations: Revocations, { stamp }: { stamp: number }): boolean =>
  decision.kind === 'pass' && !revocations.holds(stamp, decision.pass.targets);

/** The step after a look-up. If a verified login is now unknown, its password has changed and must be verified again. */
export function nextStep(
  { kind }: Pick<GatewayDecision, 'kind'>,
  { isProved, isRevoked }: { isProved: boolean; isRevoked: boolean },
): 'remember' | 'look again' | 'prove again' {
  if (kind === 'unknown' && isProved) return 'prove again';
  return isRevoked ? 'look again' : 'remember';
}
