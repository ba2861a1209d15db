import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';

/** Each hash takes 19 MiB while it runs, so this bounds the memory of a process with many cores. */
const MOST = 8;
/**
 * How many passwords this process hashes at once: one on each core but one, which is left to all other calls. The api sizes
 * its thread pool for `MOST`.
 */
export const HASHES_AT_ONCE = Math.max(1, Math.min(availableParallelism() - 1, MOST));

const all = pLimit(HASHES_AT_ONCE);

/**
 * Hashes of one purpose. A lane may use all these cores while the others are empty. Otherwise the lanes take turns, so that a
 * flood in one of them delays the others by a few hashes only.
 */
export class HashLane {
  readonly #own = pLimit(HASHES_AT_ONCE);

  /** Hashes that have not started. */
  get waiting(): number {
    return this.#own.pendingCount;
  }

  run<T>(hash: () => Promise<T>): Promise<T> {
    return this.#own(() => all(hash));
  }
}
