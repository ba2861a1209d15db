import { createHmac, hash, randomBytes } from 'node:crypto';
import type { GatewayDecision } from '@gatehouse/core/gateway/gateway-decision';
import type { Proof } from '@gatehouse/core/gateway/decide-by-login';
import { LRUCache } from 'lru-cache';
import type { Credential } from './credential-extraction.ts';
import type { LookupStart } from '../revocation/lookup.ts';
import type { Revocations } from '../revocation/revocations.ts';

/** Passes, refusals of known credentials, and unknown credentials have a cache each, so that none evicts the others. */
const PASSES = 100_000;
const REFUSALS = 10_000;
const UNKNOWN = 20_000;
/** Passwords that need no new hash, although the login may have been revoked since. */
const PROOFS = 100_000;

/** Milliseconds. A revocation ends a pass; this is the upper bound. */
const PASS_AGE = 60_000;
/**
 * A refusal can become a pass by an approval, a subscription or a reactivation. The process that commits one forgets all
 * refusals immediately; the database does not push such changes to the other processes.
 */
const REFUSAL_AGE = 500;
/** An unknown key never becomes valid: keys are random, and stored before they are shown. */
const UNKNOWN_AGE = 60_000;

/** `until`: by `performance.now`, which is never set back; `stamp`: of `Revocations`, when the look-up began. */
type Entry<T> = { decision: T; stamp: number; until: number };
type Pass = Extract<GatewayDecision, { kind: 'pass' }>;
type Refusal = Exclude<GatewayDecision, Pass>;

/** Identifies a product and a credential without revealing the secret. */
export type CacheKey = string;

/** The latest decisions of this process. Bounded, and without secrets. */
export class DecisionCache {
  readonly #revocations: Revocations;
  readonly #key = randomBytes(32);
  readonly #passes = new LRUCache<CacheKey, Entry<Pass>>({ max: PASSES });
  readonly #refusals = new LRUCache<CacheKey, Entry<Refusal>>({ max: REFUSALS });
  readonly #unknown = new LRUCache<CacheKey, Entry<Refusal>>({ max: UNKNOWN });
  readonly #proofs = new LRUCache<CacheKey, Proof>({ max: PROOFS });

  constructor(revocations: Revocations) {
    this.#revocations = revocations;
  }

  /** A key carries 256 bits, so a plain hash is safe. A password does not, so its hash needs a secret key. */
  keyOf(apiProductId: string, credential: Credential): CacheKey {
    if (credential.kind === 'key') return hash('sha256', `${apiProductId} ${credential.key}`, 'base64');
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([apiProductId, credential.username, credential.password]))
      .digest('base64');
  }

  /** `now`: milliseconds since 1970, for what expires. */
  recall(key: CacheKey, now: number): GatewayDecision | undefined {
    const pass = this.#passes.get(key);
    if (pass) return this.#holds(pass, now) ? pass.decision : undefined;
    const refusal = this.#refusals.get(key);
    if (refusal && performance.now() < refusal.until && this.#revocations.holdsRefusal(refusal.stamp))
      return refusal.decision;
    const unknown = this.#unknown.get(key);
    return unknown && performance.now() < unknown.until ? unknown.decision : undefined;
  }

  remember(key: CacheKey, decision: GatewayDecision, { stamp, begun }: LookupStart): void {
    this.#passes.delete(key);
    if (decision.kind === 'malformed') return;
    if (decision.kind === 'pass') {
      this.#passes.set(key, { decision, stamp, until: begun + PASS_AGE });
    } else if (decision.kind === 'unknown' && decision.forGood) {
      this.#unknown.set(key, { decision, stamp, until: begun + UNKNOWN_AGE });
    } else {
      this.#refusals.set(key, { decision, stamp, until: begun + REFUSAL_AGE });
    }
  }

  proofOf(key: CacheKey): Proof | undefined {
    return this.#proofs.get(key);
  }

  rememberProof(key: CacheKey, proof: Proof): void {
    this.#proofs.set(key, proof);
  }

  forgetProof(key: CacheKey): void {
    this.#proofs.delete(key);
  }

  #holds({ decision: { pass }, stamp, until }: Entry<Pass>, now: number): boolean {
    return performance.now() < until && now < pass.expiresAt && this.#revocations.holds(stamp, pass.targets);
  }
}
