type Lookup<T> = { answer: Promise<T>; next?: Promise<T> };

/**
 * Lets concurrent look-ups with the same key share one promise. A caller never gets the answer of a look-up that began
 * before its call: that look-up may miss a commit that the caller knows of. It joins the next look-up instead, which
 * begins when the current one has ended. If the current one fails, the next one fails with it, so that no caller waits
 * for two time limits.
 */
export class SharedLookups<T> {
  readonly #running = new Map<string, Lookup<T>>();

  run(key: string, lookUp: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (!running) return this.#begin(key, lookUp);
    running.next ??= running.answer.then(() => this.#begin(key, lookUp));
    return running.next;
  }

  #begin(key: string, lookUp: () => Promise<T>): Promise<T> {
    const own: Lookup<T> = { answer: lookUp() };
    this.#running.set(key, own);
    const end = (): void => {
      if (this.#running.get(key) === own) this.#running.delete(key);
    };
    own.answer.then(end, end);
    return own.answer;
  }
}
