/** The most targets whose revocations are stored separately. Decisions that are older than the oldest of these revocations end. */
const TOLD_APART = 10_000;

/**
 * Tells which cached decisions are still valid. A decision gets a stamp when its look-up begins. A revocation that becomes
 * known after the stamp ends every decision that depends on its target.
 */
export class Revocations {
  #stamp = 0;
  /** All decisions with an older stamp have ended. */
  #floor = 0;
  /** Refusals with an older stamp may have become passes. */
  #refusalFloor = 0;
  readonly #revokedAt = new Map<string, number>();

  /** The stamp for a look-up that begins now. */
  get stamp(): number {
    return this.#stamp;
  }

  revoke(targets: Iterable<string>): void {
    this.#stamp += 1;
    for (const target of targets) {
      // The map keeps the order of insertion, so that the oldest revocation is first.
      this.#revokedAt.delete(target);
      this.#revokedAt.set(target, this.#stamp);
    }
    for (const [target, stamp] of this.#revokedAt) {
      if (this.#revokedAt.size <= TOLD_APART) break;
      this.#revokedAt.delete(target);
      this.#floor = stamp;
    }
  }

  /**
   * Must be called after each commit of this process, before its response, with the targets that it revoked. Ends all
   * refusals too, because the commit may have turned them into passes.
   */
  committed(revoked: readonly string[]): void {
    this.revoke(revoked);
    this.#refusalFloor = this.#stamp;
  }

  holdsRefusal(stamp: number): boolean {
    return stamp >= this.#refusalFloor;
  }

  /** Ends all decisions, because revocations may have been missed. */
  revokeAll(): void {
    this.#stamp += 1;
    this.#floor = this.#stamp;
    this.#revokedAt.clear();
  }

  /** Whether a decision with this stamp, which depends on these targets, is still valid. */
  holds(stamp: number, targets: readonly string[]): boolean {
    if (stamp === this.#stamp) return true;
    return stamp >= this.#floor && targets.every((target) => (this.#revokedAt.get(target) ?? 0) <= stamp);
  }
}
