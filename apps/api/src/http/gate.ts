/** Delays work while it is closed. */
export class Gate {
  #held: (() => void)[] | null = null;

  pass(work: () => void): void {
    if (this.#held) this.#held.push(work);
    else work();
  }

  close(): void {
    this.#held ??= [];
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const work of held) work();
  }
}
