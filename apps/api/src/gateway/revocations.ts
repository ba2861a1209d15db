/** Targets that are remembered one by one. With more, all remembered answers end. */
const TOLD_APART = 10_000;

/**
 * Which of the answers in memory still hold. An answer is stamped when it begins to be looked up: a revocation of
 * something it rests on, known of only later, ends it.
 */
export class Revocations {
  #stamp = 0;
  /** Answers that are older than this are forgotten, whatever they rest on. */
  #floor = 0;
  /** Refusals that are older than this may have become passes. */
  #refusalFloor = 0;
  readonly #revokedAt = new Map<string, number>();

  /** For an answer that is about to be looked up. */
  get stamp(): number {
    return this.#stamp;
  }

  revoke(targets: Iterable<string>): void {
    this.#stamp += 1;
    for (const target of targets) this.#revokedAt.set(target, this.#stamp);
    if (this.#revokedAt.size > TOLD_APART) this.revokeAll();
  }

  /** After a change that this process committed: it may let through what was refused before. */
  endRefusals(): void {
    this.#stamp += 1;
    this.#refusalFloor = this.#stamp;
  }

  holdsRefusal(stamp: number): boolean {
    return stamp >= this.#refusalFloor;
  }

  /** After revocations may have been missed. */
  revokeAll(): void {
    this.#stamp += 1;
    this.#floor = this.#stamp;
    this.#revokedAt.clear();
  }

  /** Whether an answer that was stamped so, and rests on these, still holds. */
  holds(stamp: number, targets: readonly string[]): boolean {
    if (stamp === this.#stamp) return true;
    return stamp >= this.#floor && targets.every((target) => (this.#revokedAt.get(target) ?? 0) <= stamp);
  }
}
