/**
 * Lets simultaneous look-ups with the same key share one promise. A look-up that began under an older stamp of
 * `Revocations` is not shared: its answer may be out of date.
 */
export class SharedLookups<T> {
  readonly #running = new Map<string, { stamp: number; result: Promise<T> }>();

  async run(key: string, stamp: number, lookUp: () => Promise<T>): Promise<T> {
    const shared = this.#running.get(key);
    if (shared?.stamp === stamp) return shared.result;
    const own = { stamp, result: lookUp() };
    this.#running.set(key, own);
    try {
      return await own.result;
    } finally {
      if (this.#running.get(key) === own) this.#running.delete(key);
    }
  }
}
