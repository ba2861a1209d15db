import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Answer } from '@gatehouse/core/gateway/answer';
import type { Proof } from '@gatehouse/core/gateway/ask-by-login';
import { LRUCache } from 'lru-cache';
import type { Shown } from './question.ts';
import type { Revocations } from './revocations.ts';

/** Passes, refusals of known credentials, and unknown credentials have their own room, so that none evicts the others. */
const PASSES = 100_000;
const REFUSALS = 10_000;
const UNKNOWN = 20_000;
/** Passwords whose hash need not be made again, though what rests on them may have been revoked. */
const PROOFS = 100_000;

/** Milliseconds. A yes ends by revocation; this is the net below. */
const PASS_AGE = 60_000;
/**
 * A no can become a yes by an approval, a subscription or a reactivation. The process that commits one forgets every no at
 * once; the database does not push such changes to the other processes.
 */
const REFUSAL_AGE = 500;
/** An unknown key never becomes valid: keys are random, and stored before they are shown. */
const UNKNOWN_AGE = 60_000;

/** `until`: by `performance.now`, which is never set back; `stamp`: of `Revocations`, when the look-up began. */
type Remembered<T> = { answer: T; stamp: number; until: number };
type Pass = Extract<Answer, { kind: 'pass' }>;
type No = Exclude<Answer, Pass>;

/** Identifies a question without revealing its secret. */
export type MemoryKey = string;

/** The answers this process gave lately. Bounded, and holds no secret. */
export class Memory {
  readonly #revocations: Revocations;
  readonly #key = randomBytes(32);
  readonly #passes = new LRUCache<MemoryKey, Remembered<Pass>>({ max: PASSES });
  readonly #refusals = new LRUCache<MemoryKey, Remembered<No>>({ max: REFUSALS });
  readonly #unknown = new LRUCache<MemoryKey, Remembered<No>>({ max: UNKNOWN });
  readonly #proofs = new LRUCache<MemoryKey, Proof>({ max: PROOFS });

  constructor(revocations: Revocations) {
    this.#revocations = revocations;
  }

  /** A key carries 256 bits, so a plain hash does; a password does not, so its hash is worth nothing without our key. */
  keyOf(apiProductId: string, shown: Exclude<Shown, { kind: 'nothing' }>): MemoryKey {
    if (shown.kind === 'key') return hash('sha256', `${apiProductId} ${shown.key}`, 'base64');
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([apiProductId, shown.username, shown.password]))
      .digest('base64');
  }

  /** `now`: milliseconds since 1970, for what expires. */
  recall(key: MemoryKey, now: number): Answer | undefined {
    const pass = this.#passes.get(key);
    if (pass) return this.#holds(pass, now) ? pass.answer : undefined;
    const no = this.#refusals.get(key);
    if (no && performance.now() < no.until && this.#revocations.holdsRefusal(no.stamp)) return no.answer;
    const unknown = this.#unknown.get(key);
    return unknown && performance.now() < unknown.until ? unknown.answer : undefined;
  }

  /** `stamp` and `begun` (by `performance.now`) as they were when the answer began to be looked up. */
  remember(key: MemoryKey, answer: Answer, { stamp, begun }: { stamp: number; begun: number }): void {
    this.#passes.delete(key);
    if (answer.kind === 'malformed') return;
    if (answer.kind === 'pass') {
      this.#passes.set(key, { answer, stamp, until: begun + PASS_AGE });
    } else if (answer.kind === 'unknown' && answer.forGood) {
      this.#unknown.set(key, { answer, stamp, until: begun + UNKNOWN_AGE });
    } else {
      this.#refusals.set(key, { answer, stamp, until: begun + REFUSAL_AGE });
    }
  }

  proofOf(key: MemoryKey): Proof | undefined {
    return this.#proofs.get(key);
  }

  rememberProof(key: MemoryKey, proof: Proof): void {
    this.#proofs.set(key, proof);
  }

  forgetProof(key: MemoryKey): void {
    this.#proofs.delete(key);
  }

  #holds({ answer: { pass }, stamp, until }: Remembered<Pass>, now: number): boolean {
    return performance.now() < until && now < pass.expiresAt && this.#revocations.holds(stamp, pass.targets);
  }
}
