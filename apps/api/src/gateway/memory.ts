import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Answer } from '@gatehouse/core/gateway/answer';
import type { Proof } from '@gatehouse/core/gateway/ask-by-login';
import { LRUCache } from 'lru-cache';
import type { Shown } from './question.ts';
import type { Revocations } from './revocations.ts';

/** Answers yes, answers no about what exists, answers no about what does not: none can push out the others. */
const PASSES = 100_000;
const REFUSALS = 10_000;
const UNKNOWN = 20_000;
/** Passwords whose hash need not be made again, though what rests on them may have been revoked. */
const PROOFS = 100_000;

/** Milliseconds. A yes ends by revocation; this is the net below. */
const PASS_AGE = 60_000;
/** A no may become a yes by acceptance, subscription or reactivation, which are not pushed. */
const REFUSAL_AGE = 500;
/** A key that is not there never comes to be: keys are random, and there before anybody knows them. */
const UNKNOWN_AGE = 60_000;

/** `until`: by `performance.now`, which nobody sets back. */
type Remembered<T> = { answer: T; until: number };
type Pass = Extract<Answer, { kind: 'pass' }>;
type No = Exclude<Answer, Pass>;

/** Under which name the answer to a question is remembered: never the secret itself. */
export type MemoryKey = string;

/** What this process has been told lately. Holds no secret, and at most so many answers. */
export class Memory {
  readonly #revocations: Revocations;
  readonly #key = randomBytes(32);
  readonly #passes = new LRUCache<MemoryKey, Remembered<Pass> & { stamp: number }>({ max: PASSES });
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
    const no = this.#refusals.get(key) ?? this.#unknown.get(key);
    return no && performance.now() < no.until ? no.answer : undefined;
  }

  /** `stamp` and `begun` (by `performance.now`) as they were when the answer began to be looked up. */
  remember(key: MemoryKey, answer: Answer, { stamp, begun }: { stamp: number; begun: number }): void {
    this.#passes.delete(key);
    if (answer.kind === 'malformed') return;
    if (answer.kind === 'pass') {
      this.#passes.set(key, { answer, stamp, until: begun + PASS_AGE });
    } else if (answer.kind === 'unknown' && answer.forGood) {
      this.#unknown.set(key, { answer, until: begun + UNKNOWN_AGE });
    } else {
      this.#refusals.set(key, { answer, until: begun + REFUSAL_AGE });
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

  #holds({ answer: { pass }, stamp, until }: Remembered<Pass> & { stamp: number }, now: number): boolean {
    return performance.now() < until && now < pass.expiresAt && this.#revocations.holds(stamp, pass.targets);
  }
}
