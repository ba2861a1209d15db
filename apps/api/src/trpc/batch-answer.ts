import { GatehouseError } from '@gatehouse/contract/errors';

/** The most bytes of JSON that the queries of one batch return. A list returns at most 2 MB. */
const MOST = 5_000_000;

/** Bounds the answer of a batch, which is in memory as a whole before it is sent. */
export class BatchAnswer {
  #bytes = 0;

  /** Throws `limit_reached` if the output does not fit. Smaller ones may still fit. */
  add(output: unknown): void {
    const bytes = Buffer.byteLength(JSON.stringify(output));
    if (this.#bytes + bytes > MOST)
      throw new GatehouseError(
        'limit_reached',
        'The queries of a batch can return at most 5 MB together. Send this one in a separate request.',
      );
    this.#bytes += bytes;
  }
}
