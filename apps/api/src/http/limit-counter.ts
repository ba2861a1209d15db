import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { type Count, type LimitName, LIMITS } from './rate-limit.ts';
import { rateLimited } from './rate-limited.ts';

/** Milliseconds for which a refusal is remembered, so that a flood does not take all connections. */
const REFUSED_FOR = 1000;
/** The most refusals that are remembered. */
const REFUSED = 10_000;
/** Milliseconds by which the clocks of two processes may differ. */
const SKEW = 60_000;

type Limiters = Record<LimitName, RateLimiterAbstract>;

/** Counts calls against several limits: against all, or none if one refuses. `note` receives each refusal. */
export class LimitCounter {
  readonly #limiters: Limiters;
  readonly #note: (count: Count) => void;
  readonly #refused = new LRUCache<string, number>({ max: REFUSED });

  constructor(limiters: Limiters, note: (count: Count) => void) {
    this.#limiters = limiters;
    this.#note = note;
  }

  /** Throws `rate_limited`. */
  async consume(counts: Count[]): Promise<void> {
    for (const count of counts) await this.#assertRoom(count);
    for (const [index, count] of counts.entries()) {
      try {
        await this.#limiters[count.name].consume(count.key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // Other calls were counted since the look-up. They may be given back, so this refusal is not remembered.
        await this.giveBack(counts.slice(0, index + 1));
        this.#refuse(count, refusal.msBeforeNext);
      }
    }
  }

  async giveBack(counts: Count[]): Promise<void> {
    for (const { name, key } of counts) await this.#limiters[name].reward(key);
  }

  /** Only reads, so that refused calls write nothing. */
  async #assertRoom(count: Count): Promise<void> {
    const id = `${count.name}:${count.key}`;
    const until = this.#refused.get(id);
    if (until !== undefined) this.#refuse(count, until - performance.now());
    const limiter = this.#limiters[count.name];
    const held = await limiter.get(count.key);
    if (held && outlasts(held, count.name)) await limiter.delete(count.key);
    else if (held && held.consumedPoints >= LIMITS[count.name].points) {
      const { msBeforeNext } = held;
      this.#refused.set(id, performance.now() + msBeforeNext, { ttl: Math.min(msBeforeNext, REFUSED_FOR) });
      this.#refuse(count, msBeforeNext);
    }
  }

  #refuse(count: Count, milliseconds: number): never {
    this.#note(count);
    throw rateLimited(Math.max(1, Math.ceil(milliseconds / 1000)));
  }
}

/** A count that would outlast its window was written by a process whose clock was ahead. */
const outlasts = ({ msBeforeNext }: RateLimiterRes, name: LimitName): boolean =>
  msBeforeNext > LIMITS[name].duration * 1000 + SKEW;
